#!/bin/sh
# Databases that are foreign, older, newer, damaged in any page, or no file at
# all; many writers with a reader and a vacuum: refused with one line and left
# alone, or sound; nobody sees a lock.  FAULTS=long: each page, half a minute.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
acts_begin
sums() { is "$bad" '' "$1"; bad=''; }
command -v sqlite3 >"$good" || skip_all 'no sqlite3 here'
LEDGER=$BUILD/libexec/agent/agent-ledger
plan=$(find "$HOME" -name plan.db) mem=$AGENT_MEMORY ledger=$HOME/.local/state/agent/ledger.db
seq 60 | awk '{ printf "{\"text\":\"memory number %d of the word%d\"}\n", $1, $1 % 7 }' | agent-mem store -n a >"$good"
for i in $(seq 30); do agent-plan add "task $i of many, with $(seq -s ' ' 200)"; done >"$good"
modeld_start 'default text "ok" usage in=10 out=5' --max-seconds 900
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
agent-gate --ledger=on <talk >"$good" 2>&1
tries() {	# tries DB: what reads and what writes it
	case $1 in
	"$mem") printf '%s\n' 'agent-mem search -n a word3' 'agent-mem store -n a more' 'agent-mem check' ;;
	"$plan") printf '%s\n' 'agent-plan list' 'agent-plan add more' 'agent-plan check' ;;
	*) printf '%s\n' "$LEDGER usage" 'sh -c "agent-gate --ledger=on <talk"' "$LEDGER check" ;;
	esac
}
whole() { rm -rf "$1" "$1-wal" "$1-shm" "$1-journal"; cp "$1.kept" "$1"; }
ident() { stat -c %F "$1"; [ ! -f "$1" ] || cksum <"$1"; }
# refused DB WHAT: E, and the file stays as it was (B)
refused() {
	_sum=$(ident "$1")
	tries "$1" >"$_meta/tries"
	while read -r c; do
		st=0; eval "timeout -k 1 20 $c" >"$out" 2>"$err" </dev/null || st=$?
		case $st in 6[569] | 7[3478]) ;; *) bad="$bad $2:$c:status$st" ;; esac
		[ "$(wc -l <"$err")" = 1 ] && grep -q '^agent-' "$err" || bad="$bad $2:$c:$(head -n 2 "$err")"
		[ ! -s "$out" ] || bad="$bad $2:$c:$(head -c 50 "$out")"
	done <"$_meta/tries"
	[ "$(ident "$1")" = "$_sum" ] || bad="$bad $2:touched"
}
dbs="$mem $plan $ledger"
for db in $dbs; do
	[ -f "$db" ] || { fail 'the database is there' "$db"; continue; }
	sqlite3 "$db" 'PRAGMA wal_checkpoint(TRUNCATE)' >"$good" 2>&1
	rm -f "$db-wal" "$db-shm"; cp "$db" "$db.kept"
	name=${db##*/}

	# row 16 (E)
	rm -f "$db"; sqlite3 "$db" 'CREATE TABLE t(x); INSERT INTO t VALUES(1)'; refused "$db" foreign
	whole "$db"; sqlite3 "$db" 'PRAGMA user_version = 999'; rm -f "$db-wal" "$db-shm"; refused "$db" newer
	whole "$db"; sqlite3 "$db" 'PRAGMA application_id = 77'; rm -f "$db-wal" "$db-shm"; refused "$db" another
	head -c 9000 /dev/urandom >"$db"; refused "$db" noise
	head -c 50 "$db.kept" >"$db"; refused "$db" torn-header
	sums "$name: foreign, newer, noise: refused, untouched"
	size=$(sqlite3 "$db.kept" 'PRAGMA page_size') pages=$(sqlite3 "$db.kept" 'PRAGMA page_count')
	rm -f "$db.kept-wal" "$db.kept-shm"
	told=0
	for p in $(if [ -n "$LONG" ]; then seq 1 "$pages"; else awk -v n="$pages" 'BEGIN { for (i = 1; i <= n; i += 1 + n / 7) print int(i) }'; fi); do
		whole "$db"
		perl -0777 -pe 'BEGIN { ($p, $n) = (shift, shift) } substr($_, ($p - 1) * $n + ($p == 1 ? 100 : 0), 300) =~ tr/\x00-\xff/\xff\x00-\xfe/' "$p" "$size" "$db.kept" >"$db"
		tries "$db" >"$_meta/tries"
		while read -r c; do
			st=0; eval "timeout -k 1 20 $c" >"$out" 2>"$err" </dev/null || st=$?
			case $st in
			0 | 1) [ "$st$c" != "0${c%check}check" ] || bad="$bad page$p:$c:unseen" ;;
			65 | 74 | 78) told=$((told + 1)); [ "$(wc -l <"$err")" = 1 ] || bad="$bad page$p:$c:$(head -n 2 "$err")" ;;
			*) bad="$bad page$p:$c:status$st:$(head -n 1 "$err" | cut -c 1-80)" ;;
			esac
		done <"$_meta/tries"
	done
	sums "$name: pages of $pages damaged: said, no crash"
	[ $told -gt 0 ]; _if $? "$name: $told times it was said" ''
	whole "$db"; head -c $((size * (pages / 2))) "$db.kept" >"$db"; refused "$db" half
	sums "$name: half of it is missing: refused, untouched"

	# row 17 (E B)
	rm -f "$db"; mkfifo "$db"; refused "$db" FIFO; rm -f "$db"
	mkdir "$db"; refused "$db" folder; rmdir "$db"
	ln -s "$db" "$db"; refused "$db" loop; rm -f "$db"
	ln -s /dev/zero "$db"; refused "$db" device; rm -f "$db"
	sums "$name: a FIFO, a folder, a loop, a device in its place: refused at once"
	: >"$db"; tries "$db" | sed -n 2p >"$_meta/tries"; read -r c <"$_meta/tries"
	ok "$name: an empty file becomes one" eval "$c"
	whole "$db"; tries "$db" >"$_meta/tries"
	while read -r c; do ok "$name: whole again" eval "$c"; done <"$_meta/tries"
done

# row 15 (D)
secs=${LONG:+30}; each=${LONG:+400}; each=${each:-12}
# So that there is something to be found from the first.
agent-mem store -n s 'swarm number none' >"$good"
for w in 1 2 3 4 5 6 7 8; do
	( for i in $(seq "$each"); do
		agent-mem store -n s "swarm $w number $i" || echo "mem $?"
		agent-plan add "swarm $w number $i" || echo "plan $?"
	  done >s.out.$w 2>s.err.$w ) & pids="${pids:-} $!"
done
( end=$(($(date +%s) + ${secs:-2}))
  while [ "$(date +%s)" -le $end ]; do
	agent-mem search -n s "swarm number" >"$good.r" || echo "search $?"
	agent-plan list >"$good.r" || echo "list $?"
	agent-mem reindex >"$good.r" || echo "reindex $?"
	sqlite3 -cmd '.timeout 20000' "$mem" VACUUM; sqlite3 -cmd '.timeout 20000' "$plan" VACUUM
  done >r.out 2>r.err ) & pids="$pids $!"
# shellcheck disable=SC2086
wait $pids
modeld_stop
is "$(grep -hE '^(mem|plan|search|list|reindex) [0-9]' s.out.* r.out | sort | uniq -c)" '' 'eight writers, a reader, a vacuum: nobody fails'
is "$(cat s.err.* r.err | head -n 3)" '' 'nobody sees a lock'
is "$(agent-mem export -n s | wc -l) $(agent-plan list | grep -c swarm)" "$((8 * each + 1)) $((8 * each))" 'each is there'
ok 'memories are sound' agent-mem check; ok 'the plan is sound' agent-plan check
is "$(sqlite3 "$mem" 'PRAGMA integrity_check') $(sqlite3 "$plan" 'PRAGMA integrity_check')" 'ok ok' 'so SQLite says'
no_children_left
secretless
done_testing
