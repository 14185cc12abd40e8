#!/bin/sh
# Every command of agent-mem that is about some memories takes them as lines on
# standard input, and as requests of a coprocess; a bad line is named and
# nothing is half done.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db "$@"; }
for i in 1 2 3 4 5; do printf '{"id":"i%d","text":"memory number %d of tea","tags":["t"]}\n' $i $i; done | mem store -n a >out
printf '{"id":"i1","text":"another one of coffee"}\n' | mem store -n b >out

# ---- lines
ok 'get -' sh -c 'printf "%s\n" i2 "{\"id\":\"i1\",\"namespace\":\"b\"}" i3 | agent-mem --db m.db get -'
is "$(jq -r '.namespace + "/" + .id' "$OUT" | xargs)" 'a/i2 b/i1 a/i3' 'ids as they are, or objects'
status_is 1 sh -c 'printf "i2\nnone\n" | agent-mem --db m.db get -'
is "$(jq -r .id "$OUT")" i2 'what is there is given'
like "$(cat "$ERR")" "no memory has the id 'none'" 'what is not is named'
status_is 65 sh -c 'printf "i2\n{\"di\":4}\n" | agent-mem --db m.db get -'
like "$(cat "$ERR")" '<stdin>:2: id: missing' 'a line without an id'
ok 'update -' sh -c 'printf "%s\n" "{\"id\":\"i2\",\"text\":\"two of milk\"}" \
    "{\"id\":\"i1\",\"namespace\":\"b\",\"kind\":\"fact\",\"mine\":7}" "{\"id\":\"i3\",\"tags\":null}" |
    agent-mem --db m.db update -'
is "$(jq -r .status "$OUT" | xargs)" 'updated updated updated' 'each line is answered'
is "$(mem get i2 | jq -c '[.text, .tags]')" '["two of milk",["t"]]' 'what is new is there, the rest stays'
is "$(mem get -n b i1 | jq -c '[.text, .kind, .mine]')" '["another one of coffee","fact",7]' 'in its namespace'
is "$(mem get i3 | jq -c .tags)" null 'null takes away'
is "$(mem get --history i2 | jq -c '[.history[].text]')" '["memory number 2 of tea"]' 'what it was is kept'
status_is 1 sh -c 'printf "%s\n" "{\"id\":\"i4\",\"text\":\"four\"}" "{\"id\":\"zz\"}" | agent-mem --db m.db update -'
is "$(jq -r .id "$OUT")" i4 'lines before a bad one are done and answered'
like "$(cat "$ERR")" "<stdin>:2: no memory has the id 'zz'" 'it is named'
status_is 1 sh -c 'printf "i1\nnone\n" | agent-mem --db m.db forget -n a -'
is "$(mem list -n a | wc -l)" 5 'an id that is not there: nothing is forgotten'
ok 'forget -' sh -c 'printf "%s\n" i4 "{\"id\":\"i1\",\"namespace\":\"b\"}" | agent-mem --db m.db forget -'
is "$(jq -r '.namespace + "/" + .id' "$OUT" | xargs)" 'a/i4 b/i1' 'those, and no others'
mem store -n a --id old --expires 2020-01-01 'of the past' >out
status_is 1 sh -c 'agent-mem --db m.db forget - </dev/null'
ok 'no ids are not all that expired' mem get old

# ---- a coprocess
cat >requests <<-'END'
	{"type":"stats","id":"1"}
	{"type":"update","id":"2","memory":{"id":"i5","text":"five of cocoa"}}
	{"type":"search","id":"3","query":"cocoa","namespace":"a"}
	{"type":"recall","id":"4","query":"cocoa","namespace":"a","budget":50}
	{"type":"namespaces","id":"5"}
	{"type":"check","id":"6"}
	{"type":"list","id":"7","namespace":"a","tags":"t"}
	{"type":"get","id":"8","ids":["-","i5"]}
	{"type":"update","id":"9","memory":{"text":"x"}}
	{"type":"forget","id":"10","ids":["i5"]}
	{"type":"forget","id":"11"}
END
ok 'a coprocess' sh -c 'agent-mem --db m.db --coprocess <requests'
is "$(jq -r 'select(.id == "1" and .type == "stats").memory.memories' "$OUT")" 5 'stats'
is "$(jq -c 'select(.type == "done") | .exit_code' "$OUT" | xargs)" '0 0 0 0 0 0 0 1 65 0 65' 'each request ends'
is "$(jq -r 'select(.id == "2" and .type == "updated").memory.status' "$OUT")" updated 'update'
is "$(jq -r 'select(.id == "3" and .type == "hit").memory.id' "$OUT")" i5 'search sees it'
is "$(jq -r 'select(.id == "4" and .type == "memory").memory.id' "$OUT")" i5 'recall'
is "$(jq -r 'select(.id == "5" and .type == "namespace").memory.namespace' "$OUT" | xargs)" 'a b' 'namespaces'
is "$(jq -r 'select(.id == "7" and .type == "memory").memory.id' "$OUT" | sort | xargs)" 'i1 i2 i5' 'list'
is "$(jq -r 'select(.id == "8" and .type == "memory").memory.id' "$OUT")" i5 'get: an id "-" is one'
status_is 1 mem get i5
seq 3000 | awk '{ printf "{\"id\":\"m%d\",\"text\":\"one of many number %d\"}\n", $1, $1 }' | mem import -n many >out
ok 'a long list' sh -c 'echo "{\"type\":\"list\",\"id\":\"x\",\"namespace\":\"many\",\"limit\":3000}" |
    agent-mem --db m.db --coprocess'
is "$(jq -r .type "$OUT" | sort | uniq -c | awk '{ print $2 ":" $1 }' | xargs)" 'done:1 memory:3000 ready:1' 'is all events'
mem list -n many -k 3000 | jq -r .id >ids
ok 'many are forgotten at once' sh -c 'agent-mem --db m.db forget -n many - <ids'
is "$(mem list -n many | wc -l)" 0 'all of them'
ok 'check' mem check
done_testing
