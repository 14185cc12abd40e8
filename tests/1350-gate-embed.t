#!/bin/sh
# agent-gate embed: a vector for each line, in order, whatever the server does.
. "$(dirname "$0")/lib.sh"
run() { "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
embed() { agent-gate embed --url "$URL" -m m --retries 0 "$@"; }

# Without a model.
printf 'hello world\n\nHELLO, World!\nother words\n' >lines
run agent-gate embed --offline <lines
is "$STATUS" 0 'offline'
is "$(jq -c '[.index, (.embedding | length)]' "$OUT" | tr '\n' ' ')" \
    '[0,256] [1,256] [2,256] ' 'a vector for each line that is not blank'
is "$(jq -s '[.[0].embedding == .[1].embedding, .[0].embedding ==
    .[2].embedding] | tostring' -r "$OUT")" '[true,false]' 'of its words'
run agent-gate embed --offline </dev/null
is "$STATUS$(cat "$OUT" "$ERR")" 0 'nothing in, nothing out'

# A server; it numbers from 0 in each request, we through all.
cat >script <<'EOT'
set embeddings 5
set window 300
EOT
modeld_start script
jq -nr 'range(100) | "text number \(.)"' >many
run embed --batch 7 -j 4 <many
is "$STATUS$(cat "$ERR")" 0 'many'
is "$(jq -s '[.[].index] == [range(100)] and all(.embedding | length == 5)' \
    "$OUT")" true 'all are there, in order'
cp "$OUT" sevens
run embed --batch 100 <many
is "$(cmp "$OUT" sevens && echo same)" same 'however they are sent'
requests() { grep -c '/v1/embeddings' "$MODELD_LOG"; }
n=$(requests)
printf 'a\nb\nc\n' | run embed
is $(($(requests) - n)) 1 'in as few requests as may be'
printf 'x\n' | embed --prefix 'query: ' >a
printf 'query: x\n' | embed >b
is "$(cmp a b && echo same)" same 'a prefix'

# Objects with ids.
cat >texts <<'EOT'
{"id":"a","text":"one"}
{"text":"two","id":{"n":12345678901234567},"more":[1]}
{"text":"thr\u00e9\ud83d\ude00e"}
EOT
run embed --jsonl <texts
is "$STATUS" 0 'objects'
is "$(sed 's/,"embedding".*//' "$OUT" | tr '\n' ' ')" \
    '{"index":0,"id":"a" {"index":1,"id":{"n":12345678901234567} {"index":2 ' 'ids come back'
cat >bad <<'EOT'
{"id":1,"text":"one"}
{"id":2,"text":7}
not json
{"id":4,"text":"four"}
EOT
run embed --jsonl <bad
is "$STATUS" 1 'bad lines: status 1'
is "$(jq -c '[.index, .id, .error.code, (.embedding != null)]' "$OUT" |
    tr '\n' ' ')" '[0,1,null,true] [1,2,"data",false] [2,null,"data",false] [3,4,null,true] ' \
    'and the others all the same'
like "$(jq -r '.error.message // empty' "$OUT" | head -n 1)" '^line 2: no string' \
    'each says why'

# One text that the server refuses fails alone.
{ head -n 40 many; head -c 3000 /dev/zero | tr '\0' x; echo; tail -n 59 many; } \
    >long
run embed <long
is "$STATUS" 1 'one too long: status 1'
is "$(jq -s '[.[].index] == [range(100)] and ([.[] | select(.error)] |
    map(.index) == [40])' "$OUT")" true 'that one alone'
is "$(jq -s '.[40].error.code' -r "$OUT")" context_overflow 'with its reason'

# Talked with: an answer before the next question.
mkfifo in out
embed <in >out 2>"$ERR" & pid=$!
exec 5>in 6<out
for w in one two three; do
	echo $w >&5
	read -r line <&6
	printf '%s\n' "$line"
done >talk
exec 5>&- 6<&-
wait $pid
is "$?$(jq -c .index talk | tr '\n' ' ')" '00 1 2 ' 'line by line'

# What goes wrong for all.
run embed --url http://127.0.0.1:1/v1 <many
is "$STATUS$(wc -l <"$ERR")" 691 'no server: 69, one line'
is "$(cat "$OUT")" '' 'and nothing on standard output'
modeld_stop
modeld_start 'set key secret'
run embed <many
is "$STATUS" 77 'another key wanted: 77'
modeld_stop
modeld_start 'set loading 2'
run agent-gate embed --url "$URL" -m m --batch 50 <many
is "$STATUS$(jq -s 'length' "$OUT")" 0100 'a model that still loads is waited for'
run embed many
is "$STATUS" 2 'an operand: 2'
run embed --batch 0
is "$STATUS" 2 'no texts in a request: 2'
run agent-gate embed --offline <.
is "$STATUS" 74 'a directory: 74'
modeld_stop
modeld_start 'set models "qwen2.5-coder nomic-embed-text"'
echo a >a; run agent-gate embed --url "$URL" <a
is "$STATUS" 0 'no model named'
is "$(jq -r 'select(.path | endswith("embeddings")).body.model' "$MODELD_LOG")" nomic-embed-text 'one for embeddings is taken'
{ yes word | head -n 20000 | agent-gate embed --offline; echo $? >status; } |
    head -n 1 >/dev/null
is "$(cat status)" 141 'a reader that leaves'
done_testing
