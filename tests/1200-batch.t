#!/bin/sh
# agent-gate batch: what goes in, what comes out, order, shards, exits.
. "$(dirname "$0")/lib.sh"
# The make that may run us is none of this.
unset MAKEFLAGS MFLAGS MAKELEVEL
req() {		# req ID TEXT: a line of the Batch API
	jq -nc --arg i "$1" --arg q "$2" '{custom_id: $i, method: "POST",
	    url: "/v1/chat/completions", body: {messages:
	    [{role: "user", content: $q}]}}'
}
many() {	# many N: that many of them, quickly
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf "{\"custom_id\":\"r%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"q%d\"}]}}\n", i, i }'
}
summary() { tail -n 1 "$ERR"; }
ids() { jq -r .custom_id "$1"; }

# ---- the command line
ok '--help' agent-gate batch --help
is "$(sed -n '2,/^$/p' "$OUT" | grep -c agent-gate)" 3 'three examples'
status_is 2 agent-gate batch --keep
status_is 2 agent-gate batch -j 0
status_is 2 agent-gate batch --shard 0/4
like "$(cat "$ERR")" '1 to N' 'shards count from 1'
status_is 2 agent-gate batch --shard 5/4
status_is 2 agent-gate batch a b
status_is 2 agent-gate -q batch
like "$(cat "$ERR")" 'agent-gate batch --help' 'the command comes first'
status_is 66 agent-gate batch nothing.jsonl
: >empty
status_is 66 sh -c 'agent-gate batch <empty'

# ---- the common case
modeld_start 'default text "answer to {last}"'
many 10 >in
ok 'ten requests' agent-gate batch --url "$URL" in
cp "$OUT" out
is "$(ids out | sort -u | wc -l)" 10 'a line each'
jq -c 'select(.custom_id == "r7")' out >r7
jq_ok '.error == null and .response.status_code == 200 and
    (.id | startswith("batch_req_")) and
    .response.body.choices[0].message.content == "answer to q7"' \
    'with the answer' r7
is "$(jq -rc keys_unsorted out | sort -u)" \
    '["id","custom_id","response","error"]' 'the members of the Batch API'
json_is "$(summary | jq -c '{ok, failed, retryable, left, total, exit_code,
    requests}')" '{"ok":10,"failed":0,"retryable":0,"left":0,"total":10,
    "exit_code":0,"requests":10}' 'the summary'
jq_ok '.output_tokens > 0 and .input_tokens > 0' 'tokens are counted' "$ERR"
ok 'quiet' agent-gate batch -q --url "$URL" in
is "$(cat "$ERR")" '' 'silent when all is well'
ok 'from a pipe' sh -c 'cat in | agent-gate batch --url "$1" -j 3' sh "$URL"
is "$(ids "$OUT" | sort -u | wc -l)" 10 'all of them'

# ---- other kinds of lines
cat >mixed <<'EOT'
{"custom_id":"a","messages":[{"role":"system","content":"s"},{"role":"user","content":"qa"}]}
[{"role":"user","content":"qb"}]

"qc"
{"role":"user","content":"qd"}
{"custom_id":"e","url":"/v1/embeddings","body":{"input":"x"}}
EOT
ok 'conversations, prompts, embeddings' agent-gate batch --url "$URL" mixed
is "$(ids "$OUT" | tr '\n' ' ')" 'a line-2 line-4 line-5 e ' 'named by line'
is "$(jq -r 'select(.response.body.choices) |
    .response.body.choices[0].message.content' "$OUT" | tr '\n' ' ')" \
    'answer to qa answer to qb answer to qc answer to qd ' 'their answers'
jq_ok 'select(.custom_id == "e") | .response.body.data[0].embedding |
    length == 8' 'an embedding'
ok 'prompts' sh -c 'printf "one\n\n\"two\"\n" |
    agent-gate batch --prompts --system S --url "$1"' sh "$URL"
is "$(jq -r '.response.body.choices[0].message.content' "$OUT")" \
    "$(printf 'answer to one\nanswer to "two"')" 'a prompt a line'
jq -se '.[-1].body.messages[0] == {role: "system", content: "S"}' \
    "$MODELD_LOG" >why
_if $? 'the system text before it' "$(cat why)"
ok 'NUL' sh -c 'printf "a\nb\0c" | agent-gate batch -0 --url "$1"' sh "$URL"
is "$(jq -rs 'map(.response.body.choices[0].message.content) | @json' \
    "$OUT")" '["answer to a\nb","answer to c"]' 'prompts with newlines'

# The body is sent byte for byte.
body='{"model":"m","messages":[{"role":"user","content":"x"}],"seed":12345678901234567890,"temperature":0.10}'
printf '{"custom_id":"b","body":%s}\n' "$body" >one
ok 'a body' agent-gate batch --url "$URL" one
like "$(tail -n 1 "$MODELD_LOG" | tr -d ' ')" 'seed":1234567890123456' \
    'numbers are kept'
printf '{"custom_id":"b","body":{ "messages":[]}}\n{"custom_id":"c","body":{}}' |
    agent-gate batch --url "$URL" -m named >"$OUT" 2>"$ERR"
is "$(tail -n 2 "$MODELD_LOG" | jq -r .body.model | tr '\n' ' ')" \
    'named named ' 'a model is put in where there is none'

# ---- bad lines
{ req good q; echo garbage; echo '{"custom_id":5,"body":{}}'
  echo '{"custom_id":"nobody"}'; echo '{"custom_id":"str","body":"x"}'
  echo '{"custom_id":"get","method":"GET","body":{}}'
  echo '{"custom_id":"evil","url":"http://evil/v1/x","body":{}}'
  echo '{"custom_id":"up","url":"/v1/../x","body":{}}'
  echo '{"custom_id":"st","body":{"stream":true}}'
  echo '{"custom_id":"none","messages":[]}'; req last q; } >bad
status_is 1 agent-gate batch --url "$URL" bad
is "$(jq -r 'select(.error == null).custom_id' "$OUT" | tr '\n' ' ')" \
    'good last ' 'bad lines stop nothing'
is "$(jq -r 'select(.error).error | [.code, .retryable] | @csv' "$OUT" |
    sort -u)" '"data",false' 'each is a line with its error'
like "$(jq -r 'select(.custom_id == "line-2").error.message' "$OUT")" \
    '^line 2' 'that names the line'
jq_ok '.ok == 2 and .failed == 9 and .requests == 2' 'counted' "$ERR"
{ req same 1; req other 2; req same 3; } >twice
before=$(wc -l <"$MODELD_LOG")
status_is 65 agent-gate batch --url "$URL" twice
like "$(cat "$ERR")" 'line 3.*same' 'names the second'
{ echo '{"custom_id":"\u0061","body":{}}'; echo '{"custom_id":"a","body":{}}'
} >twice
status_is 65 agent-gate batch --url "$URL" twice
is "$(wc -l <"$MODELD_LOG")" "$before" 'and asks nothing'
{ req ok1 q; printf '{"custom_id":"huge","messages":[{"role":"user","content":"'
  head -c 70000000 /dev/zero | tr '\0' x; echo '"}]}'; req ok2 q; } >huge
status_is 1 agent-gate batch --url "$URL" huge
is "$(jq -r .custom_id "$OUT" | tr '\n' ' ')" 'ok1 line-2 ok2 ' \
    'a line over the limit'
rm -f huge

# ---- order
modeld_start 'when contains "q1\"" text "slow" delay 400ms
default text "ok"'
many 12 >in
ok 'completion order' agent-gate batch -j 4 --url "$URL" in
is "$(ids "$OUT" | tail -n 1)" r1 'the slow one is last'
ok 'kept order' agent-gate batch -j 4 --keep-order --url "$URL" in
is "$(ids "$OUT" | tr '\n' ' ')" "$(ids in | tr '\n' ' ')" 'as in the input'
ok 'kept in a file' agent-gate batch -j 4 --keep-order --url "$URL" -o f in
is "$(ids f | tr '\n' ' ')" "$(ids in | tr '\n' ' ')" 'at the end'
ok 'to -' agent-gate batch -j 4 --keep-order --url "$URL" -o - in
is "$(ids "$OUT" | wc -l)$(ls ./- 2>"$ERR")" 12 'is to standard output'
{ agent-gate batch --url "$URL" in | head -n 1 >first; } 2>"$ERR"
is "$(ids first)" r1 'a reader may leave'
( agent-gate batch --url "$URL" in; echo $? >st ) 2>"$ERR" | true
is "$(cat st)" 141 'which is quiet'
is "$(cat "$ERR")" '' 'and says nothing'

# ---- shards
many 100 >in
for k in 1 2 3; do
	ok "shard $k" agent-gate batch --url "$URL" --shard $k/3 -o s$k in
done
cat s1 s2 s3 >all
is "$(ids all | sort | tr '\n' ' ')" "$(ids in | sort | tr '\n' ' ')" \
    'shards are a partition'
sort -R in >mixed
ok 'a shard of the input in another order' agent-gate batch --url "$URL" \
    --shard 2/3 -o other mixed
is "$(ids other | sort | tr '\n' ' ')" "$(ids s2 | sort | tr '\n' ' ')" \
    'is the same'
modeld_ok

# ---- without any server
ok 'offline' agent-gate batch --offline in
jq_ok '.response.body.model == "offline" and .error == null' 'says so'
is "$(wc -l <"$OUT")" 100 'all'
no_children_left
done_testing
