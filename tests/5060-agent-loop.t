#!/bin/sh
# The whole agent as a shell loop: share/examples/agent-loop.sh.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
loop=$ROOT/share/examples/agent-loop.sh
is "$(($(grep -c . "$loop") < 15))" 1 'it has fewer than 15 lines'
modeld_start 'set strict
when last-contains "fail" status 400 message="no"
when last-contains "notes" messages<3 call list_files {"path":"."}
when last-role=tool messages<5 call read_file {"path":"notes.txt"}
when last-role=tool text "You want tea."
default text "Re: {last}"'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt
ok 'asked' "$loop" "$TRASH/talk" 'What do my notes say?'
is "$(cat "$OUT")" 'You want tea.' 'it answers'
is "$(jq -r '.role // .type' "$TRASH/talk" | tr '\n' ' ')" \
    'tools user assistant tool assistant tool assistant ' 'after two steps'
ok 'asked again' "$loop" "$TRASH/talk" and now
is "$(cat "$OUT")" 'Re: and now' 'it goes on'
must_fail "$loop" "$TRASH/talk" fail
must_fail "$loop"
modeld_ok
no_children_left
done_testing
