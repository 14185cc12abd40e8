# tool.sh - what the tests of agent-tool share; sourced behind lib.sh.
# shellcheck shell=sh
# Every script works in $W, with its state elsewhere in the trash directory.
W=$TRASH/w
mkdir "$W" && cd "$W" || exit 99
export AGENT_STATE="$TRASH/state"
# Programs of ours beside the built-in tools; their own tests switch them on.
export AGENT_ENABLE_PYEXE=0 AGENT_ENABLE_FETCH=0 AGENT_ENABLE_DATA_VIEW=0 AGENT_ENABLE_MEMORY=0 AGENT_ENABLE_PLAN=0

quote() { printf %s "$1" | jq -Rs .; }
# tc NAME ARGS ID: one tool call; msg CALL...: the message that makes them.
tc() {
	printf '{"id":"%s","type":"function","function":{"name":"%s","arguments":%s}}' \
	    "${3:-c1}" "$1" "$(quote "$2")"
}
msg() {
	printf '{"role":"assistant","content":null,"tool_calls":['
	_sep=
	for _c; do printf '%s%s' "$_sep" "$_c"; _sep=,; done
	printf ']}\n'
}
# call NAME ARGS: text and complaint of one call in $TEXT, status in $STATUS
call() {
	timeout 60 agent-tool call "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	TEXT=$(cat "$OUT" "$ERR")
}
# good NAME ARGS ERE WHAT: it completes and says that
good() {
	call "$1" "$2"
	[ $STATUS = 0 ] && _grep "$TEXT" "$3"
	_if $? "$4" "status $STATUS: $TEXT"
}
# bad CODE NAME ARGS ERE WHAT: it fails in an orderly way with that code
bad() {
	call "$2" "$3"
	[ $STATUS -gt 0 ] && [ $STATUS -lt 125 ] &&
	    _grep "$TEXT" "ERROR \[$1\]" && _grep "$TEXT" "$4"
	_if $? "$5" "status $STATUS: $TEXT"
}
need_jail() {
	agent-tool doctor >"$OUT" 2>&1 ||
	    skip_all "no sandbox: $(tail -n 1 "$OUT")"
}
