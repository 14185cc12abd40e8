# serve.sh - for the tests of agent-gate serve; read after lib.sh.
# shellcheck shell=sh disable=SC2034
[ -x "$BUILD/libexec/agent/agent-serve" ] || skip_all 'agent-serve is not built'
SERVE_PIDS=''
serve_start() {	# serve_start OPTION...: $SERVE (URL ending in /v1), $SERVE_PID
	rm -f serve.url
	mkfifo serve.url
	agent-gate serve --listen 127.0.0.1:0 "$@" >serve.url 2>serve.err \
	    </dev/null &
	SERVE_PID=$! SERVE_PIDS="$SERVE_PIDS $!"
	read -r SERVE <serve.url || { fail 'serve starts' "$(cat serve.err)"; return 1; }
	PORT=${SERVE##*:} PORT=${PORT%/v1} ROOT_URL=${SERVE%/v1}
}
serve_stop() {	# serve_stop [SIGNAL]: its status in $STATUS
	kill "-${1:-TERM}" "$SERVE_PID" 2>/dev/null
	wait "$SERVE_PID" 2>/dev/null
	STATUS=$?
}
# A message of the user, or more of the body before it.
ask() { printf '{"model":"m",%s"messages":[{"role":"user","content":"%s"}]}' "${2:-}" "$1"; }
post() {	# post PATH BODY [CURL OPTION...]: body in $OUT, head in head, $CODE
	_p=$1 _b=$2; shift 2
	CODE=$(printf %s "$_b" | curl -sSN --max-time 20 -D head -o "$OUT" \
	    -w '%{http_code}' -H 'Content-Type: application/json' \
	    --data-binary @- "$@" "$SERVE$_p" 2>"$ERR")
}
get() {		# get URL [CURL OPTION...]
	_u=$1; shift
	CODE=$(curl -sS --max-time 20 -D head -o "$OUT" -w '%{http_code}' \
	    "$@" "$_u" 2>"$ERR")
}
code_is() {	# code_is N CODE NAME: status, and code of the error
	is "$CODE $(jq -r '.error.code' "$OUT" 2>/dev/null)" "$1 $2" "$3"
}
# The data of the events in $OUT, [DONE] as a string.
events() { sed -n 's/^data: \[DONE\]$/data: "[DONE]"/; s/^data: //p' "$OUT"; }
_serve_end() {
	_s=$?
	for _p in $SERVE_PIDS; do kill -9 "$_p" 2>/dev/null; done
	(exit $_s)
	_end
}
trap _serve_end EXIT
