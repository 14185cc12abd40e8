#!/bin/sh
# The notebook is only added to: whatever is changed in it, taken out, put in
# or cut off afterwards is found.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
ok 'init' agent-plan init 'Find out'
ok 'a note' agent-plan note observation 'It is slow at 10 k' --author me
ok 'another' agent-plan note hypothesis 'The index is missing'
echo 'with `marks` and
# two lines' | ok 'from stdin' agent-plan note result -
agent-plan add t >id
ok 'about a task' agent-plan note decision 'add an index' --task 1
status_is 2 agent-plan note feeling 'hm'
status_is 2 agent-plan note result
status_is 66 agent-plan note result x --task 9
is "$(agent-plan log --kind hypothesis --json | jq -r .text)" 'The index is missing' 'by kind'
is "$(agent-plan log --task 1 --json | jq -r .seq)" 5 'by task'
is "$(agent-plan log --match INDEX | wc -l)" 2 'by text'
is "$(agent-plan log --limit 1 --json | jq -r .kind)" decision 'the last'
is "$(agent-plan log --since 1h | wc -l) $(agent-plan log --since 2030-01-01 | wc -l)" '5 0' 'by time'
agent-plan report >report.md
like "$(cat report.md)" '^5\. .*: \*\*decision\*\* on task 1' 'a report'
is "$(grep -c '^# ' report.md)" 1 'a note makes no heading'
ok 'check' agent-plan check
head=$(agent-plan check --json | jq -r .head)
is "$head" "$(agent-plan log --limit 1 --json | jq -r .hash)" 'the last hash'
ok 'a head from before' agent-plan check --head "$head"
agent-plan note result 'one more'
ok 'is still in it' agent-plan check --head "$head"
status_is 65 agent-plan check --head "$(printf '%064d' 7)"

# ---- edits
command -v sqlite3 >/dev/null || { skip 'no sqlite3 here' 'edits'; done_testing; }
db=$(find "$HOME" -name plan.db)
tamper() {	# tamper NAME SQL: found, and then undone
	cp "$db" keep
	sqlite3 "$db" "$2"
	status_is 65 agent-plan check
	like "$(cat "$ERR")" 'not what was written' "$1"
	cp keep "$db"
}
sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >out
tamper 'a text' "UPDATE note SET text = 'fast' WHERE seq = 2"
tamper 'a letter' "UPDATE note SET text = replace(text, 'missing', 'Missing')"
tamper 'a kind' "UPDATE note SET kind = 'decision' WHERE seq = 2"
tamper 'an author' "UPDATE note SET author = 'you' WHERE seq = 2"
tamper 'a time' 'UPDATE note SET time = time + 1 WHERE seq = 3'
tamper 'a task' 'UPDATE note SET task = NULL WHERE seq = 5'
tamper 'a hash' "UPDATE note SET hash = substr(hash, 2) || '0' WHERE seq = 4"
tamper 'one taken out' 'DELETE FROM note WHERE seq = 3'
tamper 'the first' 'DELETE FROM note WHERE seq = 1'
tamper 'the last' 'DELETE FROM note WHERE seq = 6'
tamper 'all' 'DELETE FROM note'
tamper 'two changed places' 'UPDATE note SET seq = -seq WHERE seq IN (2, 3);
	UPDATE note SET seq = 5 + seq WHERE seq < 0'
tamper 'one put in' "INSERT INTO note SELECT 7, time, kind, author, task, text, hash FROM note WHERE seq = 6"
sqlite3 "$db" 'DELETE FROM note WHERE seq = 6; UPDATE notebook SET notes = 5,
	head = (SELECT hash FROM note WHERE seq = 5)'
ok 'who knows how can cut off the end' agent-plan check
status_is 65 agent-plan check --head "$(sqlite3 keep 'SELECT hash FROM note WHERE seq = 6')"
done_testing
