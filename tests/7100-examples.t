#!/bin/sh
# The scripts of share/examples do what their headers say.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
examples=$ROOT/share/examples
export AGENT_MODEL=test-model
mkdir work && cd work || exit 99
echo 'buy tea' >notes.txt

# one-turn.sh
modeld_start 'set strict
expect "Read my notes" call read_file {"path":"notes.txt"}
expect-last "buy tea" text "You want tea."'
export AGENT_MODEL_URL="$URL"
status_is 0 "$examples/one-turn.sh" "$TRASH/talk" Read my notes
status_is 1 "$examples/one-turn.sh" "$TRASH/talk"
is "$(cat "$OUT")" 'You want tea.' 'one-turn.sh prints the answer'
modeld_ok 'one-turn.sh sends good requests'
must_fail "$examples/one-turn.sh"
modeld_stop

# review-diff.sh
git init -q . && git add notes.txt &&
    git -c user.name=a -c user.email=a@b commit -qm begin
modeld_start 'set strict
expect "buy milk" text "Tea was better."'
export AGENT_MODEL_URL="$URL"
status_is 1 "$examples/review-diff.sh"
echo 'buy milk' >notes.txt
ok 'review-diff.sh reviews' "$examples/review-diff.sh"
is "$(cat "$OUT")" 'Tea was better.' 'review-diff.sh prints the answer'
modeld_ok 'review-diff.sh sends good requests'
modeld_stop
status_is 69 env AGENT_MODEL_URL=http://127.0.0.1:1/v1 "$examples/review-diff.sh"
AGENT_MODEL_URL='' status_is 69 "$examples/review-diff.sh"

# read-only.sh: offers only what reads, and a made-up call does not run.
modeld_start 'set strict
expect "read_file" expect-not "write_file" call read_file {"path":"notes.txt"}
    call shell {"command":"touch made"}
expect-last "buy milk" call shell {"command":"touch made"}'
export AGENT_MODEL_URL="$URL"
ok 'read-only.sh answers' "$examples/read-only.sh" 'What do I want?'
is "$(cat "$OUT")" '(only forbidden calls)' 'read-only.sh stops at other calls'
[ ! -e made ]; _if $? 'read-only.sh ran none of them' 'made is there'
status_is 2 "$examples/read-only.sh"
modeld_stop
modeld_start 'call read_file {"path":"notes.txt"}
loop'
export AGENT_MODEL_URL="$URL"
status_is 3 "$examples/read-only.sh" 'Never ends?'
modeld_stop
unset AGENT_MODEL_URL AGENT_MODEL

# rehearse.sh: without any model.
cd "$TRASH" || exit 99
ok 'rehearse.sh plays its recording' "$examples/rehearse.sh"
cp "$OUT" played
like "$(cat played)" '^buy tea' 'a tool ran in it'
mkdir copy && cp "$examples"/rehearse.* copy/
mkdir -p other/copy && CDPATH=$PWD/other ok 'whatever CDPATH is' sh copy/rehearse.sh
ok 'rehearse.sh records anew' copy/rehearse.sh --record
is "$(cat "$OUT")" "$(cat played)" 'which plays the same'
ok 'and plays what it recorded' copy/rehearse.sh
is "$(cat "$OUT")" "$(cat played)" 'with the same outcome'
no_children_left
done_testing
