#!/bin/sh
# Vectors: made by agent-gate embed, kept beside the memories, renewed when the
# text or the model changes, gone with the memory; without a server the words
# alone decide, in the same order.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db -n v "$@"; }
vectors() { agent-mem --db m.db stats | jq .vectors; }
for t in 'red apple pie' 'green apple' 'blue whale' 'whale song' 'apple tree'; do mem store --id "${t% *}" "$t" >/dev/null; done
ok 'embed' agent-mem --db m.db embed --offline
json_is "$(cat "$OUT")" '{"model":"offline","embedded":5,"failed":0}' 'each memory'
is "$(vectors)" 5 'has a vector'
ok 'again' agent-mem --db m.db embed --offline
is "$(jq .embedded "$OUT")" 0 'nothing is left to do'
ok 'search' mem search --vectors --offline --explain -k 3 'whale'
is "$(jq -r 'select(.explain.vector > 0).id' "$OUT" | head -n 2 | sort | xargs)" 'blue whale' 'by vectors'
mem update blue 'yellow submarine' >/dev/null
is "$(vectors)" 4 'a new text has none yet'
ok 'embed' agent-mem --db m.db embed --offline
is "$(jq .embedded "$OUT")" 1 'it alone is done'
ok 'it is found' mem search --vectors --offline --explain -k 1 'submarine'
is "$(jq -r .id "$OUT")" blue 'by its new vector'
mem forget whale >/dev/null
is "$(vectors)" 4 'what is forgotten has none'
ok 'check' mem check

# ---- a server
mem search -k 5 'apple pie tree' >plain
AGENT_MODEL_URL=http://127.0.0.1:1/v1 mem search --vectors -m none -k 5 'apple pie tree' >away 2>err
is "$?" 0 'a server that is away'
like "$(cat err)" 'no vector for the question: .* cannot connect' 'is told, and why'
is "$(wc -l <err)" 1 'in one line'
ok 'the words alone decide' cmp plain away
status_is 69 env AGENT_MODEL_URL=http://127.0.0.1:1/v1 agent-mem --db m.db embed -m none
like "$(cat "$ERR")" '^agent-mem: agent-gate embed: cannot connect' 'embed says so'
is "$(wc -l <"$ERR")" 1 'in one line'

# ---- in the background
vectors_are() {	# vectors_are N: within half a minute
	_n=0
	while [ "$(vectors)" != "$1" ] && [ $((_n += 1)) -lt 300 ]; do sleep 0.1; done
	is "$(vectors)" "$1" "$2"
}
model_of() { sqlite3 m.db "SELECT group_concat(DISTINCT o.name) FROM vector v JOIN model o ON o.id = v.model"; }
idle() {	# nobody is at work on the file
	flock m.db-embed true
	flock m.db-embed-next true
}
modeld_start 'set key secret'
status_is 77 env AGENT_MODEL_URL="$URL" agent-mem --db m.db embed -m none
modeld_stop
printf 'set embeddings 16\n' >script
modeld_start script
AGENT_MODEL_URL=$URL AGENT_MODEL=first
export AGENT_MODEL_URL AGENT_MODEL
rm -f m.db*
ok 'store with --vectors' mem store --vectors --id one 'the red fox'
vectors_are 1 'leaves the vector to another process, which makes it'
is "$(model_of)" first 'by the model that was asked'
ok 'import' sh -c 'seq 40 | awk "{ printf \"{\\\"id\\\":\\\"n%d\\\",\\\"text\\\":\\\"text %d\\\"}\\n\", \$1, \$1 }" |
    AGENT_MEMORY_VECTORS=on agent-mem --db m.db import -n v'
vectors_are 41 'import with AGENT_MEMORY_VECTORS: the same'
seq 8 | xargs -P 8 -I {} agent-mem --db m.db store -n v --vectors 'many at once {}' >out
vectors_are 49 'eight at once: none is passed over'
idle
ok 'search' mem search --vectors --explain -k 5 'Text 7'
jq_ok '.explain.vector > 0' 'by those vectors'
AGENT_MODEL=second
status_is 0 mem search --vectors -k 1 --explain 'text 7'
is "$(jq -c .explain.vector "$OUT")" null 'vectors of another model are not compared'
_n=0; while [ "$(model_of)" != second ] && [ $((_n += 1)) -lt 300 ]; do sleep 0.1; done
is "$(model_of)" second 'and are made anew in the background'
idle
AGENT_MODEL=third
ok 'embed' agent-mem --db m.db embed
json_is "$(cat "$OUT")" '{"model":"third","embedded":49,"failed":0}' 'all of another model'
ok 'embed' agent-mem --db m.db embed
is "$(jq .embedded "$OUT")" 0 'nothing is left'
printf '%s\n' '{"type":"store","id":"1","memory":{"id":"co","text":"by a coprocess"}}' >lines
ok 'a coprocess' sh -c '{ cat lines; sleep 1; } | agent-mem --db m.db -n v --coprocess --vectors'
vectors_are 50 'fills in as well'
idle
AGENT_MODEL_URL=http://127.0.0.1:1/v1
ok 'a server that is away' mem store --vectors 'hurts nobody'
is "$(cat "$ERR")" '' 'and is not told'
_n=0; while [ ! -s m.db-embed ] && [ $((_n += 1)) -lt 600 ]; do sleep 0.1; done
ok 'it is remembered' test -s m.db-embed
idle
AGENT_MODEL_URL=$URL
ok 'for a minute' agent-mem --db m.db embed --background
is "$(vectors)" 50 'nobody tries again'
touch -d '2 minutes ago' m.db-embed
ok 'then' agent-mem --db m.db embed --background
is "$(vectors)" 51 'somebody does'
ok 'check' mem check
no_children_left
done_testing
