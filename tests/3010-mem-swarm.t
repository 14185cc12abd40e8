#!/bin/sh
# Many writers and readers on one file: every store that was acknowledged is
# there, once; nobody sees a lock; the index fits.  MEM_RUNS=1 does it with
# 8 writers of 2,000 and 32 of 500.
. "$(dirname "$0")/lib.sh"
export TEST_TIMEOUT=1200

# Passes lines on, and tells the longest time between two of them.
cat >gaps.pl <<'END'
use Time::HiRes 'time';
my $was = time; my $most = 0;
while (<STDIN>) {
	my $now = time;
	print;
	$most = $now - $was if $now - $was > $most;
	$was = $now;
}
printf STDERR "%.3f\n", $most;
END
# row 15
swarm() {	# swarm WRITERS EACH READERS
	rm -f m.db* out.* err.* st.* wait.* stop
	agent-mem --db m.db store -n w 'begin' >out.begin
	for r in $(seq "$3"); do
		(
			while [ ! -e stop ]; do
				agent-mem --db m.db search -n w "memory of writer $r number" >found.$r 2>>err.r$r
				st=$?
				[ $st = 0 ] || [ $st = 1 ] || echo "$st" >>st.r$r
			done
		) &
	done
	seq "$1" | xargs -P "$1" -I {} sh -c 'seq "$2" | awk -v w="$1" "{
	    printf \"{\\\"text\\\":\\\"memory of writer %d number %d word%d\\\"}\\n\", w, \$1, \$1 % 50 }" |
	    { agent-mem --db m.db store -n w 2>err."$1"; echo $? >st."$1"; } |
	    perl gaps.pl >out."$1" 2>wait."$1"' sh {} "$2"
	touch stop; wait
	is "$(cat st.* | sort -n | uniq -c | awk '{ print $2 ":" $1 }' | xargs)" "0:$1" \
	    "$1 writers of $2 end well, and $3 readers"
	diag "the longest that one of $1 writers waited: $(sort -n wait.* | tail -n 1) s"
	is "$(cat err.* | head -n 3)" '' 'nobody has anything to complain about'
	cat out.* | jq -r 'select(.status == "stored").id' | sort >acknowledged
	is "$(wc -l <acknowledged)" $(($1 * $2 + 1)) 'each store is acknowledged'
	agent-mem --db m.db export | jq -r .id | sort >there
	ok 'what is acknowledged is there, and nothing else' cmp acknowledged there
	is "$(uniq -d there | wc -l)" 0 'nothing is there twice'
	ok 'the file is sound' agent-mem --db m.db check
}
swarm 4 150 2
if [ -n "${MEM_RUNS:-}" ]; then
	swarm 8 2000 4
	swarm 32 500 4
fi

# The same text from all at once is one memory.
rm -f m.db* st.*
seq 8 | xargs -P 8 -I {} sh -c 'agent-mem --db m.db store -n w "the very same" >same.{} 2>&1; echo $? >st.{}'
is "$(cat st.* | sort | uniq -c | awk '{ print $2 ":" $1 }')" 0:8 'eight make the file at once'
is "$(cat same.* | jq -r .id | sort -u | wc -l)" 1 'and keep one memory of one text'
no_children_left
done_testing
