#!/bin/sh
# When agent-chat reads standard input: terminal, device, file, pipe that
# speaks, pipe that is silent, closed; with and without a prompt.  The result
# has the status that the process has, each time.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'default text "{last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
export S='agent-chat --no-session --no-tools --brief none --format json'
echo 'from a file' >file; : >empty; mkfifo idle
# A writer that never writes.
sleep 300 >idle &
idler=$!
exec 9<idle
ctx='P

<stdin>
X
</stdin>'
said() {	# said 'STATUS: TEXT' NAME
	is "$(jq -rj '"\(.exit_code): \(.text)"' "$OUT")" "$1" "$2" || diag "$(cat "$ERR")"
	is "$STATUS" "${1%%:*}" "$2, says the process"
}
try() { _run timeout -k 1 20 sh -c "$1"; }

# With a prompt.
try '$S P </dev/null'; said '0: P' 'prompt, /dev/null: not read'
try '$S P </dev/zero'; said '0: P' 'prompt, /dev/zero: not read'
try '$S P <&-'; said '0: P' 'prompt, closed: not read'
try 'echo X >x; $S P <x'; said "0: $ctx" 'prompt, file: added'
try '$S P <empty'; said '0: P' 'prompt, empty file: nothing added'
try 'echo X | $S P'; said "0: $ctx" 'prompt, pipe: added'
try 'printf X | $S P'; said "0: $ctx" 'prompt, pipe without newline: added'
try ': | $S P'; said '0: P' 'prompt, empty pipe: nothing added'
try '(sleep 1; echo X) | $S P'; said "0: $ctx" 'prompt, slow pipe: waited for'
try '$S -n P <x'; said '0: P' '-n, file: not read'
try '$S -n P <&9'; said '0: P' '-n, idle pipe: not read'
try '$S P - <x'; said "0: $ctx" '-, file: added'
try '$S --stdin-timeout 300ms P <&9'
said '66: ' 'prompt, idle pipe: status 66'
is "$(wc -l <"$ERR")" 1 'one line'
like "$(cat "$ERR")" '-n' 'that names -n'
try '$S --stdin-timeout 2500ms P <&9'
said '66: ' 'prompt, idle pipe, longer: status 66'
like "$(head -n 1 "$ERR")" 'waiting for stdin \(-n to skip\)' 'announced'
try '(printf X; sleep 1; echo Y) | $S --stdin-timeout 300ms P'
like "$(cat "$OUT")" 'XY' 'once it speaks, a pipe is read to its end'
try 'printf "1\n2\n" | while read -r l; do $S -n "$l"; done'
is "$STATUS $(jq -r .text "$OUT" | tr '\n' ' ')" '0 1 2 ' '-n keeps a loop of read alive'

# Without one.
try 'echo hello there | $S'; said '0: hello there' 'pipe: is the prompt'
try '$S <file'; said '0: from a file' 'file: is the prompt'
try '$S - <file'; said '0: from a file' '-: is the prompt'
try '(sleep 1; echo late) | $S --stdin-timeout 300ms'
said '0: late' 'pipe: waited for without limit'
for in in '</dev/null' '<empty' '<&-' '-n <file'; do
	try "\$S $in"; said '66: ' "no prompt, $in"
	is "$(wc -l <"$ERR")" 1 'one line'
done
try 'head -c 20000000 /dev/zero | $S P'; said '65: ' 'too much'
try 'printf "a\\000b\\377c" | $S'
is "$STATUS" 0 'bytes that are no text' || diag "$(cat "$ERR")"
is "$(jq -rj 'select(.body | type == "object") | .body.messages[-1].content' \
    "$MODELD_LOG" | tail -c 7 | od -An -tx1 | tr -d ' \n')" 610062efbfbd63 \
    'are mended'

# A terminal.
S=${S% --format json}
pty() { _run "$STUB/pty" "$@"; }
# shellcheck disable=SC2086
pty '' $S P
is "$STATUS: $(tr -d '\r' <"$OUT")" '0: P' 'prompt, terminal: not read'
# shellcheck disable=SC2086
pty 'send typed\r
sleep 200
send \cD' $S -
like "$(tr -d '\r' <"$OUT")" 'typed' '-, terminal: read'
is "$STATUS" 0 '-, terminal: until Ctrl-D'
# shellcheck disable=SC2086
pty '' $S -n
is "$STATUS" 66 '-n, terminal, no prompt'

# Signals while it waits.
try '$S --format json P <&9 & p=$!; sleep 0.3; kill -TERM $p; wait $p'
said '143: ' 'TERM while waiting for stdin'
kill "$idler"; exec 9<&-
try 'printf " \n\n" | $S --format json'
said '66: ' 'nothing but blanks is no prompt'
no_children_left
done_testing
