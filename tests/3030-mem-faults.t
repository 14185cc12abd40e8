#!/bin/sh
# Files that cannot be used, media that cannot be written, disks that are full,
# and input that means harm: one line, the right status, nothing lost.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db "$@"; }
one_line() { is "$(wc -l <"$ERR") $(grep -c '^agent-mem: ' "$ERR")" '1 1' "one line: $(head -n 1 "$ERR" | cut -c 1-90)"; }
fresh() { rm -rf m.db*; mem store -n a --id first 'The first memory of all.' >out; }

# row 16
# ---- files that are no store of ours: refused, and left as they are
refused() {	# refused STATUS TEXT WHAT
	_sum=$(cksum <m.db)
	for v in 'store x' 'search x' 'check'; do
		# shellcheck disable=SC2086
		status_is "$1" mem $v
		one_line
		like "$(cat "$ERR")" "$2" "$3: $v"
	done
	is "$(cksum <m.db)" "$_sum" "$3: is left as it is"
}
echo 'some notes of mine' >m.db; refused 65 'm.db: no database' 'a text'
fresh; printf '\377\377\377\377' | dd of=m.db bs=1 seek=60 conv=notrunc 2>/dev/null
refused 78 'newer version' 'a newer schema'
fresh; printf 'ABCD' | dd of=m.db bs=1 seek=68 conv=notrunc 2>/dev/null
refused 65 'another program' 'of another program'
fresh; rm -f m.db-*; head -c 60000 /dev/urandom | dd of=m.db bs=1 seek=4096 conv=notrunc 2>/dev/null
for v in 'search first' 'check' 'export' 'store y'; do
	# shellcheck disable=SC2086
	must_fail mem $v
	like "$STATUS" '^(65|74)$' "damaged pages: $v says so"
done
rm -rf m.db*; mkdir m.db
status_is 65 mem store x; one_line
rmdir m.db
status_is 66 mem search x; one_line
status_is 73 agent-mem --db no/where/m.db store x; one_line
status_is 1 agent-mem search x
is "$(cat "$ERR")" '' 'without a file of one'"'"'s own nothing is found, and that is all'

# ---- the command line
fresh
status_is 2 agent-mem; status_is 2 mem sarch x
like "$(cat "$ERR")" 'did you mean search' 'a slip of the hand'
status_is 2 mem search --limit 0 x
status_is 2 mem search --without sense x
status_is 2 mem list --since 'when it was'
status_is 2 mem store --importance 2 x
status_is 2 mem forget --everything
status_is 2 mem backup

# ---- a medium that cannot be written
fresh
_env="LD_PRELOAD=$STUB/failio.so FAILIO_PROG=agent-mem FAILIO_N=1+"
if [ "$(id -u)" != 0 ]; then
	chmod 500 .; chmod 400 m.db
	ok 'read-only: search' mem search -n a first
	status_is 77 mem store -n a second; one_line
	chmod 700 .; chmod 600 m.db
else
	skip 'root may write anything' 'read-only'
fi
# shellcheck disable=SC2086
if preloads; then
	status_is 77 env $_env FAILIO_CALL=open FAILIO_ERRNO=EROFS FAILIO_PATH=m.db agent-mem --db m.db store -n a second
	one_line
fi

# row 3
# row 4
# ---- a full disk, a broken disk: at each write, and each sync, in turn
each() {	# each CALL ERRNO
	fresh
	n=0 bad='' statuses='' acknowledged=1
	while n=$((n + 1)); [ $n -le 40 ]; do
		rm -f count
		env LD_PRELOAD="$STUB/failio.so" FAILIO_PROG=agent-mem FAILIO_CALL="$1" \
		    FAILIO_ERRNO="$2" FAILIO_PATH=m.db FAILIO_N=$n+ \
		    FAILIO_COUNT="$TRASH/count" agent-mem --db m.db store -n a "number $n" >out 2>err
		st=$?
		case $st in
		0) [ -s out ] && acknowledged=$((acknowledged + 1)) || bad="$bad $n:silent" ;;
		74) [ "$(wc -l <err)" = 1 ] && [ ! -s out ] || bad="$bad $n:$(head -n 1 err)" ;;
		*) bad="$bad $n:$st:$(head -n 1 err)" ;;
		esac
		mem check 2>>err || bad="$bad $n:check:$(tail -n 1 err)"
		statuses="$statuses $st"
		[ "$(awk '{ n = $2 } END { print n + 0 }' count)" -ge "$n" ] || break
	done
}
if preloads; then
	each write ENOSPC
	is "$bad" '' "a full disk at any of $n writes: 74, or it is stored"
	like "$statuses" ' 74 .* 0$' 'first it is not, at last it is'
	[ "$(mem export | wc -l)" -ge "$acknowledged" ]
	_if $? 'whatever was acknowledged is there' "$(mem export)"
	each fsync EIO
	is "$bad" '' "a disk that fails at any of $n syncs: the same"
else
	skip 'nothing is loaded into these programs' 'a broken disk'
fi

# ---- input that means harm
fresh
for q in '"' '""' '"*"' '*' 'a* OR' 'NEAR(x y)' 'text:first' '-first' '^first' '((((' "'; DROP TABLE memory; --" \
    'AND' 'first AND' '{a b}' '%' '_' "$(printf '\377\376\200')" "$(printf 'fir\1st\33[31m')" '🦊' 'שלום' '中' '…'; do
	mem search -n a -- "$q" >out 2>err
	st=$?
	{ [ $st = 0 ] || [ $st = 1 ]; } && [ ! -s err ]
	_if $? "a question of '$(printf %s "$q" | tr -cd ' -~' | cut -c 1-30)' is just words" "$st $(cat err)"
done
for u in 'get --explain a' 'list --history' 'store --query x y' 'stats -k 3' 'backup --kind x f' 'search --id a b'; do
	# shellcheck disable=SC2086
	status_is 2 agent-mem --db m.db $u
	like "$(cat "$ERR")" "^agent-mem: .*${u%% *} does not use --" 'names the option'
done
awk 'BEGIN { while (i++ < 200000) printf "w%d \"*( ", i % 9973 }' >long
ok 'a question of a megabyte' sh -c 'agent-mem --db m.db search -n a first <long >out'
awk 'BEGIN { printf "{\"id\":\"big\",\"text\":\""; while (i++ < 1000000) printf "word%d ", i % 5000; print "needle\"}" }' >big
ok 'a text of ten megabytes' sh -c 'agent-mem --db m.db import -n big big'
ok 'is found' mem search -n big needle
ok 'is forgotten' mem forget -n big big
printf '%s\n' '{"id":"n\u0000l","text":"a\u0000b"}' '{"text":"\ud83e\udd8a fox \u202e rtl"}' "$(printf '{"text":"bad \377\376 bytes"}')" \
    '{"id":"deep","text":"x","m":'"$(awk 'BEGIN { while (i++ < 150) printf "["; while (j++ < 150) printf "]" }')"'}' >odd
ok 'NUL, pairs of surrogates, bytes that are no text' mem import -n odd odd
ok 'are given back as JSON' mem export -n odd
jq_ok '.text | length > 0' 'which it is'
like "$(jq -r 'select(.id | startswith("n")).id' "$OUT")" "^n$(printf '\357\277\275')l\$" 'NUL becomes U+FFFD'
ok 'for people' mem list -n odd --format text
is "$(tr -d '\n\t' <"$OUT" | LC_ALL=C tr -d '\40-\176\200-\377' | wc -c)" 0 'nothing of it moves a terminal'
ok 'find the fox' mem search -n odd '🦊'
ok 'the file is sound' mem check
no_children_left
done_testing
