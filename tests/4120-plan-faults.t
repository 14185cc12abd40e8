#!/bin/sh
# A disk that is full, a folder that cannot be written, files of others and of
# newer versions: a status of the table, one line, and nothing lost.
. "$(dirname "$0")/lib.sh"
mkdir w && cd w || exit 99
agent-plan add one >id; agent-plan add two >id
db=$(find "$HOME" -name plan.db) dir=$(dirname "$(find "$HOME" -name plan.db)")
said() { like "$(cat "$ERR")" "$1" "$2"; is "$(wc -l <"$ERR")" 1 'one line'; }

# ---- output
sh -c 'agent-plan list >/dev/full' 2>"$ERR"; is $? 74 'output that cannot be written'
status_is 65 agent-plan add -f /dev/null
: >empty; status_is 65 agent-plan add -f empty
status_is 66 agent-plan add -f nowhere
mkfifo pipe
timeout_is 10 agent-plan add -f pipe
status_is 66 agent-plan -w nowhere list

# row 16
# ---- versions
if command -v sqlite3 >/dev/null; then
	cp "$db" keep
	sqlite3 "$db" 'PRAGMA user_version = 99' >"$OUT"
	status_is 78 agent-plan next
	said 'newer' 'a plan of a newer version'
	status_is 78 agent-plan list
	is "$(sqlite3 "$db" 'SELECT count(*) FROM task')" 2 'is left alone'
	sqlite3 "$db" 'PRAGMA user_version = 1; PRAGMA application_id = 7' >"$OUT"
	status_is 65 agent-plan next
	cp keep "$db"
fi
printf 'no database at all, but long enough to look like one %0200d' 0 >bad
cp "$db" keep; cp bad "$db"
status_is 65 agent-plan list
cmp -s bad "$db"; is $? 0 'left alone'
rm -f "$db"*; mkdir "$db"; must_fail agent-plan list; rmdir "$db"
cp keep "$db"
is "$(agent-plan list --ids | tr '\n' ' ')" '1 2 ' 'all is there again'

# row 11
# ---- a file that may be read only, for a while
less=''		# root, without its powers over files, is a user as others
[ "$(id -u)" != 0 ] || less='setpriv --bounding-set=-all --inh-caps=-all'
if $less true 2>"$ERR"; then
	chmod 400 "$db"
	# SQLite makes its log with the rights of the file.
	ok 'it can be read' $less agent-plan list
	status_is 77 $less agent-plan add -q three
	chmod 600 "$db"
	ok 'and written when that is allowed again' $less agent-plan edit 2 --tag x
	cp "$db" keep
else
	skip 'no setpriv' 'a file that may be read only'
fi
# ---- a folder that cannot be written
if [ "$(id -u)" != 0 ]; then
	chmod 500 "$dir"; chmod 400 "$db"
	ok 'it can be read' agent-plan list
	status_is 77 agent-plan next
	chmod 700 "$dir"; chmod 600 "$db"
else
	mkdir ro && : >ro/x
	if unshare -m sh -c 'mount -t tmpfs none ro && mount -o remount,ro none ro' 2>"$ERR"; then
		ro() { unshare -m sh -c 'mount -t tmpfs none ro && mkdir -p ro/s &&
			AGENT_STATE=$PWD/ro/s agent-plan add x >id && mount -o remount,ro none ro &&
			export AGENT_STATE=$PWD/ro/s && "$@"' sh "$@"; }
		ro agent-plan list --ids >"$OUT" 2>"$ERR"; is "$? $(cat "$OUT")" '0 1' 'read-only: it can be read'
		ro agent-plan next >"$OUT" 2>"$ERR"; rc=$?
		is "$((rc == 77 || rc == 73 || rc == 74))" 1 "read-only: not claimed ($rc)"
		is "$(wc -l <"$ERR")" 1 'one line'
		# row 6
		# ---- a disk that is full
		unshare -m sh -c 'mount -t tmpfs -o size=400k none ro && export AGENT_STATE=$PWD/ro
			i=0; while agent-plan add "$(printf %04000d $i)" >>acks 2>err; do i=$((i + 1)); [ $i -lt 300 ] || break; done
			echo $? >rc; agent-plan add "$(printf %04000d 1)" >out2 2>err; echo $? >rc
			agent-plan list --ids >seen; echo $? >rc2; mount -o remount,size=4m none ro
			agent-plan check >out; echo $? >rc3; agent-plan add more >more; echo $? >rc4' 2>"$ERR"
		is "$(cat rc)" 74 'full: said so'
		like "$(cat err)" 'full|space' 'and why'
		is "$(comm -23 acks seen)$(cat rc2)" 0 'full: what was acknowledged is there'
		is "$(cat rc3) $(cat rc4)" '0 0' 'and it goes on when there is room'
	else
		skip 'no mounts here' 'read-only and full disks'
	fi
fi

# ---- two at once, one of which is interrupted while it waits
ok 'a claim' agent-plan next
agent-plan work --until-empty -q -- sh -c 'sleep 30' 2>"$ERR" &
p=$!
for _ in $(seq 100); do [ "$(agent-plan list --status running --ids | wc -l)" != 2 ] || break; sleep 0.05; done
kill -TERM $p; wait $p
is "$?" 143 'a worker ends at SIGTERM'
is "$(agent-plan list --status ready --ids)" 2 'with its claim given back'
is "$(agent-plan show 2 --format json | jq -r '.attempts[0].outcome, .failures')" 'released
null' 'which is no failure'
no_children_left
done_testing
