#!/bin/sh
# kill -9 at any moment: what was acknowledged is there, the index fits, and
# the next one goes on.  MEM_KILLS=N times (100 in make torture).
. "$(dirname "$0")/lib.sh"
export TEST_TIMEOUT=600
KILLS=${MEM_KILLS:-10}

# row 1
lines() { seq 3000 | awk -v r="$1" '{ printf "{\"text\":\"round %d number %d word%d\"}\n", r, $1, $1 % 40 }'; }
: >acknowledged; bad=''
for round in $(seq "$KILLS"); do
	for w in 1 2 3; do
		lines "$round.$w" | agent-mem --db m.db store -n w >out.$w 2>err.$w & eval "p$w=$!"
	done
	# From hardly begun to some hundreds of stores.
	sleep "0.0$((round * 7 % 10))"; [ $((round % 3)) != 0 ] || sleep 0.2
	# shellcheck disable=SC2154
	kill -9 "$p1" "$p2" "$p3" 2>/dev/null
	wait 2>/dev/null
	for w in 1 2 3; do
		# The last line may be cut off: it was not read by anybody.
		jq -Rr 'fromjson? | select(.status == "stored").id' out.$w >>acknowledged
		[ ! -s err.$w ] || bad="$bad $round: $(head -n 1 err.$w)"
	done
	if [ -e m.db ]; then
		agent-mem --db m.db check 2>err.c; st=$?
		# They may have died before they had made the file.
		[ $st = 0 ] || { [ $st = 66 ] && [ ! -s acknowledged ]; } ||
		    bad="$bad $round: check: $(cat err.c)"
	fi
done 2>/dev/null
is "$bad" '' "killed $((KILLS * 3)) writers: no complaint, the file is sound each time"
sort -u acknowledged >want
diag "$(wc -l <want) stores were acknowledged"
agent-mem --db m.db export | jq -r .id | sort >there
is "$(comm -23 want there | wc -l)" 0 'every one is there'
[ -s want ]; _if $? 'some were' "$(cat out.1 err.1)"
ok 'and it goes on' agent-mem --db m.db store -n w 'after all that'
ok 'and is found' agent-mem --db m.db search -n w 'after all that'

# An import is all or nothing, in parts that were committed.
lines x | sed 's/}$/,"namespace":"i"}/' >lines
for round in 1 2 3; do
	agent-mem --db m.db import lines >out 2>err & p=$!
	sleep "0.0$((round * 2))"; kill -9 $p; wait $p 2>/dev/null
	agent-mem --db m.db check || fail 'check after a killed import' "$(cat err)"
done 2>/dev/null
ok 'an import that was killed is done again' agent-mem --db m.db import lines
is "$(agent-mem --db m.db export -n i | wc -l)" 3000 'and all are there, once'
no_children_left
done_testing
