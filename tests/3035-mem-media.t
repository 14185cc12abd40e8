#!/bin/sh
# The places where memories are kept: network file systems, media that cannot
# be written, disks that are full, files of other versions.  What is on them is
# read where that can be, and nothing on them is spoiled.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db "$@"; }
fresh() { rm -rf m.db*; mem store -n a --id first 'The first memory of all.' >out; }
ids() { jq -r .id "$OUT" | xargs; }

# ---- a network file system: a journal that is rolled back, and no shared memory
journal() { dd if=m.db bs=1 skip=18 count=1 2>/dev/null | od -An -tu1 | tr -d ' '; }
fresh
is "$(journal)" 2 'at home there is a log that is written ahead'
if preloads; then
	rm -rf m.db*
	on() { _type=$1; shift; env LD_PRELOAD="$STUB/failio.so" FAILIO_FSTYPE="$_type" FAILIO_PATH=m.db "$@"; }
	for type in 0x6969:NFS 0xfe534d42:SMB 0x65735546:FUSE 0x01021997:9p; do
		rm -rf m.db*
		ok "${type#*:}: store" on "${type%:*}" agent-mem --db m.db store -n a --id first 'The first memory of all.'
		like "$(cat "$ERR")" 'm.db: on a network file system' "${type#*:}: is told"
		is "$(journal)" 1 "${type#*:}: no log that needs shared memory"
		[ ! -e m.db-wal ] && [ ! -e m.db-shm ]; _if $? "${type#*:}: nor its files" "$(ls)"
		ok "${type#*:}: search" on "${type%:*}" agent-mem --db m.db search -n a first
	done
	seq 4 | xargs -P 4 -I {} env LD_PRELOAD="$STUB/failio.so" FAILIO_FSTYPE=0x6969 FAILIO_PATH=m.db \
	    sh -c 'seq 20 | sed "s/.*/{\"text\":\"writer {} number &\"}/" | agent-mem -q --db m.db store -n w >out.{} 2>err.{} || echo $? >>failed'
	is "$(cat err.*)$(cat failed 2>/dev/null)" '' 'four writers there do not see each other'
	is "$(mem list -n w -k 200 | wc -l)" 80 'and all they stored is there'
	ok 'check' mem check
	fresh
	ok 'a file with a log that came there' on 0x6969 agent-mem --db m.db store -n a second
	is "$(journal)" 1 'is changed over'
	is "$(mem list -n a | wc -l)" 2 'and has what it had'
else
	skip 'nothing is loaded into these programs' 'a network file system'
fi

# ---- a medium that cannot be written, as any user
read_only() {	# read_only COMMAND...: with that before each
	for c in search\ -n\ a\ first get\ first list\ -n\ a export namespaces stats check; do
		# shellcheck disable=SC2086
		ok "$_what: $c" "$@" agent-mem --db m.db $c
	done
	is "$("$@" agent-mem --db m.db search -n a first | jq -r .id)" first "$_what: what is there is found"
	for c in store\ -n\ a\ x forget\ first update\ first\ x reindex; do
		# shellcheck disable=SC2086
		status_is 77 "$@" agent-mem --db m.db $c
		is "$(wc -l <"$ERR")" 1 "$_what: $c: one line"
	done
}
fresh
_sum=$(cksum <m.db)
chmod 400 m.db; rm -f m.db-queue; chmod 555 .
if [ "$(id -u)" != 0 ]; then
	_what='read-only'
	read_only env
elif command -v setpriv >/dev/null && chmod 444 m.db &&
    setpriv --reuid=65534 --regid=65534 --clear-groups cat m.db 2>/dev/null | cmp -s - m.db; then
	_what='not ours'
	read_only setpriv --reuid=65534 --regid=65534 --clear-groups
else
	skip 'no other user can be tried' 'read-only'
fi
chmod 755 .; chmod 600 m.db
is "$(cksum <m.db)" "$_sum" 'not a byte has changed'

# ---- a disk that is really full
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	fresh
	mkdir small
	cat >full <<-'END'
		mount -t tmpfs -o size=2m none small || exit 77
		cp m.db small/m.db
		n=0
		while [ $n -lt 400 ]; do
			awk -v n=$n 'BEGIN { srand(n); printf "number %d ", n; for (i = 0; i < 1500; i++) printf "w%d ", rand() * 1000000 }' |
			    agent-mem --db small/m.db store -n a >out 2>err || break
			n=$((n + 1))
		done
		echo "status $? after $n" >result
		agent-mem --db small/m.db store -n a 'one more, which is small' >out2 2>>err2; echo "$?" >>result
		agent-mem --db small/m.db check 2>>err2; echo "check $?" >>result
		agent-mem --db small/m.db list -n a -k 1000 | wc -l >there
		agent-mem --db small/m.db search -n a 'first memory' >found 2>>err2
		echo $((n + 1)) >want
		agent-mem --db small/m.db backup saved.db 2>>err2; echo "backup $?" >>result
	END
	status_is 0 unshare -m sh -c 'sh full'
	like "$(cat err)" '^agent-mem: small/m.db: .*(full|disk)' 'a full disk is named'
	is "$(wc -l <err)" 1 'in one line'
	like "$(cat result)" 'check 0' 'the file is sound'
	[ "$(cat there)" -ge "$(cat want)" ]; _if $? 'all that was acknowledged is there' "$(cat there want)"
	is "$(jq -r .id found | head -n 1)" first 'and is found'
	like "$(cat result)" 'backup 0' 'and can be copied away'
	ok 'the copy is sound' agent-mem --db saved.db check
else
	skip 'nothing can be mounted' 'a full disk'
fi

# ---- an older version: its lists are made anew, once
fresh
seq 5000 | sed 's/.*/{"namespace":"old","text":"memory number &"}/' | mem import >out
sqlite3 m.db 'PRAGMA user_version = 1' 2>err
is "$(cat err)" '' 'an older file'
ok 'search' mem search -n old -k 1 'number 4711'
is "$(jq -r .text "$OUT")" 'memory number 4711' 'finds what is there'
is "$(sqlite3 m.db 'SELECT max(next - folded) < 200 FROM namespace')" 1 'and the next need not look at each'
ok 'check' mem check

# ---- a newer version: refused by every command, and left alone
fresh
printf '\000\000\003\350' | dd of=m.db bs=1 seek=60 conv=notrunc 2>/dev/null
_sum=$(cksum <m.db)
echo '{"text":"x"}' >lines
for c in 'store x' 'search x' 'get first' 'list' 'update first y' 'forget first' 'import lines' 'export' \
    'index .' 'embed' 'namespaces' 'stats' 'check' 'reindex' 'backup b.db' '--coprocess'; do
	# shellcheck disable=SC2086
	status_is 78 sh -c "agent-mem --db m.db $c </dev/null"
done
is "$(cksum <m.db)" "$_sum" 'and not a byte has changed'
no_children_left
done_testing
