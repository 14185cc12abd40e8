#!/bin/sh
# agent-gate serve: who may come in, and what comes in that should not.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/serve.sh"
command -v python3 >"$OUT" || skip_all 'no python3 here'
raw() { timeout 20 python3 "$ROOT/tests/serve.py" "$PORT" "$@" 2>&1; }

serve_start --offline --max-body 1 --max-connections 100 --client-timeout 2s \
    --host box.example --allow-origin app://mine
# Names.
for h in 127.0.0.1 localhost "127.0.0.1:$PORT" LOCALHOST:1 '[::1]:80' \
    127.9.9.9 box.example box.example:8000; do
	get "$ROOT_URL/health" -H "Host: $h"
	is "$CODE" 200 "Host: $h"
done
for h in evil.example 127.0.0.1.evil.example 'localhost.evil:80' 10.0.0.1 \
    'box.example.evil' '127.0.0.1:80:80' '[::1' '0'; do
	get "$ROOT_URL/health" -H "Host: $h"
	is "$CODE" 403 "Host: $h"
done
# Web pages.
for o in http://evil.example null "http://127.0.0.1:$PORT" ''; do
	get "$SERVE/models" -H "Origin: $o"
	[ -n "$o" ] || get "$SERVE/models" -H 'Origin;'
	is "$CODE" 403 "Origin: $o"
done
get "$SERVE/models" -H 'Origin: app://mine'
is "$CODE" 200 'an origin that was let in'
unlike "$(cat head)" 'Access-Control' 'no header of CORS'
get "$SERVE/models" -X OPTIONS -H 'Origin: http://evil.example'
is "$CODE" 403 'no preflight'
# Methods.
for m in PUT DELETE PATCH OPTIONS TRACE POST; do
	get "$SERVE/models" -X "$m"
	is "$CODE" 405 "$m"
done
get "$ROOT_URL/../../etc/passwd" --path-as-is
is "$CODE" 404 'a path that climbs'

# row 33
# Bytes on the wire: case, statuses that come.
while read -r case want; do
	got=$(raw "$case")
	like "$got" "^$want\$" "$case: $want"
done <<'EOT'
plain 200 closed
no-host 400 closed
no-host-10 400 closed
two-hosts 400 closed
chunked 200 closed
cl-te 400 closed
te-cl 400 closed
cl-cl 400 closed
te-te 400 closed
te-odd 400 closed
te-blank 400 closed
cl-blank 400 closed
cl-plus 4.. closed
cl-list 4.. closed
bad-chunk 4.. closed
huge-chunk 4.. closed
too-large 413 closed
chunked-big 413 closed
long-head 4.. closed
garbage (4.. )?closed
control 400 closed
pipelined 200 200 200 200 200 closed
EOT
like "$(raw half-head 6)" '^(408 )?closed$' 'half a head is cut'
like "$(raw half-body 6)" '^(408 )?closed$' 'half a body is cut'
is "$(raw half-open)" 200 'a thousand half-open connections, and the next is served'
head -c 1200000 /dev/zero | tr '\0' x >big
post /chat/completions "$(cat big)"
code_is 413 too_large 'a body over the cap'
post /chat/completions "$(ask hello)"
is "$CODE" 200 'after all that it still serves'
serve_stop

# A token.
for o in --offline --url=http://127.0.0.1:1 ''; do
	status_is 2 env AGENT_DISCOVER=none agent-gate serve ${o:+"$o"} --listen 0.0.0.0:0
done
status_is 2 agent-gate serve --offline --token a-token-of-tests
like "$(cat "$ERR")" 'did you mean --token-file' 'not on the command line'
echo 'a-token-of-tests' >token
chmod 644 token
status_is 78 agent-gate serve --offline --listen 127.0.0.1:0 --token-file token
chmod 600 token
serve_start --offline --token-file token
for t in 'a-token-of-test' 'a-token-of-testsx' ''; do
	get "$SERVE/models" -H "Authorization: Bearer $t"
	code_is 401 invalid_token "token '$t'"
done
like "$(cat head)" '^WWW-Authenticate: Bearer' 'and what it wants'
get "$SERVE/models" -H 'Authorization: Bearer a-token-of-tests'
is "$CODE" 200 'the token'
get "$SERVE/models" -H 'X-Api-Key: a-token-of-tests'
is "$CODE" 200 'the token as others send it'
get "$ROOT_URL/health"
is "$CODE" 200 'health asks for none'
get "$ROOT_URL/metrics"
is "$CODE" 401 'metrics do'
if [ -r "/proc/$SERVE_PID/cmdline" ]; then
	unlike "$(tr '\0' ' ' <"/proc/$SERVE_PID/cmdline")" 'a-token' \
	    'it is not on the command line'
fi
serve_stop
TOK=another-token
export TOK
serve_start --offline --token-env TOK --listen 0.0.0.0:0
get "http://127.0.0.1:$PORT/v1/models" -H "Authorization: Bearer $TOK"
is "$CODE" 200 'beyond this machine, with a token'
get "http://127.0.0.1:$PORT/v1/models" -H 'Host: evil.example' \
    -H "Authorization: Bearer $TOK"
is "$CODE" 403 'but not by any name'
serve_stop
status_is 69 agent-gate serve --offline --listen 192.0.2.1:1 --token-file token
status_is 2 agent-gate serve --offline --listen 1:2:3

# A server that asks itself would ask without an end.
for host in 127.0.0.1 localhost; do
	status_is 78 timeout 20 agent-gate serve --listen "127.0.0.1:$PORT" --url "http://$host:$PORT"
	like "$(cat "$ERR")" 'listens itself; .*--url' 'one that stands before itself'
done
no_children_left
done_testing
