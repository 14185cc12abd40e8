#!/bin/sh
# agent-mem: what was stored is found, listed, changed and forgotten, each as
# agent-mem(1) says; nothing is there twice, and nothing is torn.
. "$(dirname "$0")/lib.sh"
mem() { agent-mem --db m.db "$@"; }
ids() { jq -r .id "$OUT" | xargs; }

# ---- store
ok 'a text' mem store -n a --kind fact --tag ops --tag infra --speaker Ann \
    --importance 0.8 'The staging server is moved every Friday.'
json_is "$(jq -c 'del(.id)' "$OUT")" '{"namespace":"a","status":"stored"}' 'is answered'
one=$(jq -r .id "$OUT")
ok 'the same, in other spaces and capitals' mem store -n a --kind fact --speaker Ann \
    'the staging  server is moved every friday. '
is "$(jq -r '.id + " " + .status' "$OUT")" "$one existing" 'is there already'
ok 'from standard input' sh -c 'printf "two\nlines\n" | agent-mem --db m.db store -n a'
two=$(jq -r .id "$OUT")
ok 'lines of JSON' sh -c 'agent-mem --db m.db store -n a <<-END
	{"id":"x1","text":"Tea is at four.","session":7,"turn":1,"mine":{"deep":[1,2]}}
	{"id":"x1","text":"Tea is at five.","session":7,"turn":1}
	{"id":"x1","text":"Tea is at five.","session":7,"turn":1}
	END'
is "$(jq -r .status "$OUT" | xargs)" 'stored updated existing' 'each is answered'
status_is 65 sh -c 'echo "{\"id\":\"y\"}" | agent-mem --db m.db store -n a'
like "$(cat "$ERR")" '<stdin>:1: text: missing' 'a line without text'

# ---- get, list, history
ok 'get' mem get "$one"
json_is "$(jq -c 'del(.created)' "$OUT")" "{\"id\":\"$one\",\"namespace\":\"a\",
    \"text\":\"The staging server is moved every Friday.\",\"kind\":\"fact\",
    \"speaker\":\"Ann\",\"tags\":[\"ops\",\"infra\"],\"importance\":0.8}" 'what was stored'
ok 'its past' mem get --history x1
is "$(jq -c '[.text, (.history[] | .text, .mine)]' "$OUT")" \
    '["Tea is at five.","Tea is at four.",{"deep":[1,2]}]' 'is kept'
status_is 1 mem get nothing
like "$(cat "$ERR")" "no memory has the id 'nothing'" 'an id that is not there'
ok 'list' mem list -n a
is "$(ids)" "x1 $two $one" 'is the newest first'
ok 'list of a kind with a tag' mem list -n a --kind fact --tag infra
is "$(ids)" "$one" 'is only those'
ok 'for people' mem list -n a --format text --kind fact
like "$(cat "$OUT")" 'Ann: The staging server' 'says who said it'

# ---- search
ok 'in other words' mem search -n a 'when do they move staging?'
is "$(jq -r .id "$OUT" | head -n 1)" "$one" 'it is found'
jq_ok '.score > 0' 'with a score'
ok 'explained' mem search -n a --explain 'what does Ann say about staging'
jq_ok 'select(.id == "'"$one"'") | .explain | .text > 0 and .speaker > 0' 'by its parts'
is "$(jq -s 'map((.score - ([.explain[]] | add) | fabs) < 0.001) | all' "$OUT")" true \
    'which add up to the score'
status_is 1 mem search -n a 'xylophone'
status_is 0 mem search -n a --kind fact staging
status_is 1 mem search -n a --kind decision staging
status_is 1 mem search -n b staging
ok 'of a session' mem search -n a --session 7 tea
is "$(ids)" x1 'is what was said there'
status_is 1 mem search -n a --session 8 tea
printf '%s\n' '{"id":"s1","text":"tea again","session":"the talk"}' | mem import -n s >"$OUT"
ok 'of a session with a name' mem search -n s --session 'the talk' tea
ok 'all namespaces' mem search --all staging
ok 'many questions' sh -c 'printf "%s\n" staging "{\"id\":4,\"query\":\"tea\"}" |
    agent-mem --db m.db search -n a -k 1'
is "$(jq -c '[.id, .query, .hits[].id]' "$OUT" | xargs)" "[null,staging,$one] [4,tea,x1]" \
    'are answered in their order'
ok 'options behind the command and --' mem search -n a -- --staging --limit

printf '%s\n' '{"id":"u","text":"I graduated in botany","speaker":"user"}' \
    '{"id":"v","text":"She graduated in botany too","speaker":"assistant"}' | mem import -n u >"$OUT"
ok 'about the one who asks' mem search -n u -k 1 --explain 'which botany degree did I graduate in?'
jq_ok '.id == "u" and .explain.speaker > 0' 'is about what the user said'

# ---- update
ok 'update' mem update x1 'Tea is at six.' --tag meals
ok 'it is found by its new words' mem search -n a 'meals at six'
is "$(ids)" x1 'and tags'
jq_ok '.session == 7 and .turn == 1 and .updated' 'the rest stays'
status_is 1 mem search -n a five

# ---- export, import: nothing is lost on the way
mem store -n b --date '1:56 pm on 8 May, 2023' 'An emoji 🦊, שלום, and a quote ".' >/dev/null
ok 'export' mem export
cp "$OUT" all.jsonl
ok 'import' agent-mem --db n.db import all.jsonl
json_is "$(cat "$OUT")" '{"stored":7,"existing":0,"updated":0,"bad":0}' 'counts'
agent-mem --db n.db export >again.jsonl
ok 'is the same again' cmp all.jsonl again.jsonl
ok 'twice' agent-mem --db n.db import all.jsonl
json_is "$(cat "$OUT")" '{"stored":0,"existing":7,"updated":0,"bad":0}' 'changes nothing'
status_is 65 sh -c 'printf "%s\n" "{\"text\":\"good\"}" nonsense "[1]" "{\"text\":5}" "{\"text\":[]}" |
    agent-mem --db n.db import -n c'
is "$(jq .stored,.bad "$OUT" | xargs)" '2 3' 'good lines are taken, bad ones left out'
is "$(sed -n 's/^agent-mem: warning: \(<stdin> line [0-9]*\): .*/\1/p' "$ERR" | xargs)" \
    '<stdin> line 2 <stdin> line 3 <stdin> line 5' 'and named'
is "$(grep -c 'line 2.*line 2' "$ERR")" 0 'once each'

# ---- namespaces, stats, check, backup
ok 'namespaces' mem namespaces
is "$(jq -c '[.namespace, .memories]' "$OUT" | xargs)" '[a,3] [b,1] [s,1] [u,2]' 'are listed'
ok 'stats' mem stats
jq_ok '.memories == 7 and .past_versions == 2' 'count'
ok 'check' mem check
ok 'reindex' mem reindex
ok 'check after it' mem check
ok 'backup' mem backup copy.db
status_is 73 mem backup copy.db
ok 'the copy is whole' agent-mem --db copy.db check
agent-mem --db copy.db export >again.jsonl
mem export >all.jsonl
ok 'and the same' cmp all.jsonl again.jsonl

# ---- forget
ok 'forget: say what' mem forget --dry-run -n a --query staging -k 1
is "$(ids)" "$one" 'would go'
ok 'forget' mem forget "$one"
status_is 1 mem get "$one"
status_is 1 mem search -n a staging
is "$(cat m.db* | grep -ac -e staging -e Friday)" 0 'not a byte of it is left'
ok 'forget what is old' mem forget --older-than 2024-01-01 -n b
is "$(jq -r .namespace "$OUT")" b 'by its date'
ok 'what expires' mem store -n a --expires 2020-01-01 'A thing of the past.'
status_is 1 mem search -n a 'thing past'
ok 'goes when asked' mem forget -n a
ok 'all of it' mem forget --everything -n a
is "$(cat m.db* | grep -ac -e 'Tea is')" 0 'with its history'
ok 'check' mem check
done_testing
