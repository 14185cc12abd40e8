#!/bin/sh
# A proposed change changes nothing: it is tried in a scratch copy, in the
# sandbox, and its status is what came of that and nothing else.
. "$(dirname "$0")/lib.sh"
command -v git >/dev/null || skip_all 'no git here'
mkdir w && cd w || exit 99
export TMPDIR=$TRASH/tmp
mkdir "$TMPDIR"
printf 'one\ntwo\n' >f
cat >good.diff <<'EOT'
--- a/f
+++ b/f
@@ -1,2 +1,2 @@
 one
-two
+three
EOT
is "$(agent-plan patch add 'Three, not two' --plan 'count on' --diff good.diff \
    --tests 'grep three f && touch here ../there')" 1 'kept'
is "$(agent-plan patch add 'No tests' --diff - <good.diff)" 2 'from stdin'
is "$(agent-plan patch add 'Bad tests' --diff good.diff --tests 'echo no; false')" 3 'another'
sed 's/^ one/ zwei/' good.diff >stale.diff
is "$(agent-plan patch add 'Stale' --diff stale.diff --tests true)" 4 'does not fit'
status_is 65 agent-plan patch add x --diff f
sed 's,b/f,b/../../f,' good.diff >out.diff
status_is 65 agent-plan patch add x --diff out.diff
like "$(cat "$ERR")" 'outside of the workspace' 'not out of it'
sed 's,/f,/.git/config,' good.diff >git.diff
status_is 65 agent-plan patch add x --diff git.diff
status_is 66 agent-plan patch add x --diff nowhere
status_is 2 agent-plan patch add x
status_is 2 agent-plan patch swallow 1
status_is 66 agent-plan patch try 9

ok 'try' agent-plan patch try 1
like "$(cat "$OUT")" '^tested: it applies; its tests: passed' 'tested'
ok 'without tests' agent-plan patch try 2
status_is 1 agent-plan patch try 3
like "$(cat "$OUT")" '^no' 'what the tests said'
status_is 1 agent-plan patch try 4
is "$(agent-plan patch list --json | jq -r '"\(.id) \(.status)"' | tr '\n' ,)" \
    '4 failed,3 failed,2 applied,1 tested,' 'as it was seen'
is "$(cat f | tr '\n' ' ') $(ls)" "one two  f
git.diff
good.diff
out.diff
stale.diff" 'nothing was changed'
is "$(find "$TMPDIR" -mindepth 1)" '' 'no scratch copy is left'
is "$(agent-plan patch list --status failed | wc -l)" 2 'by status'
agent-plan patch show 1 | git apply -
is "$(tail -n 1 f)" three 'show gives the diff as it was'
is "$(agent-plan patch show 1 --json | jq -c '[.files, .plan]')" '[["f"],"count on"]' 'and the rest'
ok 'reject' agent-plan patch reject 3 'not so'
is "$(agent-plan patch show 3 --json | jq -r '"\(.status): \(.result)"')" 'rejected: not so' 'with the reason'
like "$(agent-plan log --match 'patch 1' | tail -n 1)" 'patch 1: tested' 'it is in the notebook'
no_children_left
done_testing
