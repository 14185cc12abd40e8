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
like "$(cat err)" 'no vector for the question' 'is told'
ok 'the words alone decide' cmp plain away
status_is 69 env AGENT_MODEL_URL=http://127.0.0.1:1/v1 agent-mem --db m.db embed -m none
like "$STATUS$(cat "$ERR")" 'agent-gate embed' 'embed says so'
no_children_left
done_testing
