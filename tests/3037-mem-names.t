#!/bin/sh
# Whatever a file of memories is called: the database, its log and its locks
# lie beside each other, under one name for every name that leads there.
. "$(dirname "$0")/lib.sh"

# what CMD...: run in an empty folder: $WHAT it makes there, but for the log
# of a database that is there
what() {
	mkdir box && (cd box && "$@") >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	WHAT=$(cd box && find . -type f -print0 | sort -z | tr '\n\0' '~\n' |
	    awk '{ end = substr($0, length($0) - 3); stem = substr($0, 1, length($0) - 4)
	        if ((end != "-wal" && end != "-shm") || !(stem in had)) printf "%s ", $0
	        had[$0] = 1 }')
	rm -r box
}

while IFS= read -r name; do
	# shellcheck disable=SC2016
	what sh -c 'agent-mem --db "$1" store -n a "The tea is green." &&
	    agent-mem --db "$1" search -n a --format text green tea' sh "$name"
	is "$STATUS $WHAT" "0 ./$name ./$name-queue " "$name"
	like "$(cat "$OUT")" 'The tea is green' '  finds it again'
done <<'END'
file:x
file:x?mode=memory
:memory:
a b
per%41cent
what?vfs=unix-none
part#two
-dash
ümlaut
END
what agent-mem --db "$(printf 'new\nline')" store -n a tea
is "$STATUS $WHAT" '0 ./new~line ./new~line-queue ' \
    'a newline'
what agent-mem --db end/ store -n a tea
is "$STATUS $WHAT" '0 ./end ./end-queue ' 'a slash at the end'
what sh -c 'mkdir a b && ln -s ../b/real a/link && ln -s a/link far &&
    agent-mem --db far store -n a tea && agent-mem --db ./a/../b/real list -n a'
is "$STATUS $WHAT" '0 ./b/real ./b/real-queue ' 'links that lead to nothing yet'
is "$(grep -c '"text":"tea"' "$OUT")" 1 '  lead to one file'
# shellcheck disable=SC2016
what sh -c 'mkdir docs && echo tea >docs/t.md && ln -s real link &&
    agent-mem --db real store -n a tea && agent-mem --db link index -n a docs &&
    AGENT_MEMORY=file:e agent-mem store -n a tea &&
    agent-mem --db link backup file:copy && agent-mem --db ./file:copy check'
is "$STATUS $WHAT" '0 ./docs/t.md ./file:copy ./file:e ./file:e-queue ./real ./real-index ./real-queue ' \
    'the lock of index, AGENT_MEMORY, and a backup'

agent-mem --db real store -n a tea >"$OUT" && ln -s real link || exit 99
mkfifo held
flock -F real-queue sh -c 'echo >held; exec sleep 60' &
holder=$!
read -r _ <held
timeout 1 agent-mem --db link store -n a coffee >"$OUT" 2>"$ERR"
is $? 124 'who writes by another name waits for the lock of the first'
kill "$holder"

ln -s loop loop
mkdir dir
status_is 65 agent-mem --db dir/ store -n a tea
status_is 73 agent-mem --db none/x store -n a tea
status_is 73 agent-mem --db loop store -n a tea
status_is 73 agent-mem --db '' store -n a tea
status_is 73 agent-mem --db real backup none/x
status_is 73 agent-mem --db real backup dir/
status_is 66 agent-mem --db none list -n a
is "$(find . -name 'none*')" '' 'and nothing was made'
done_testing
