#!/bin/sh
# modeld answers what its script says: order of steps, rules, content, status.
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

ask='{"messages":[{"role":"user","content":"hi"}]}'
post() {	# post BODY [CURL OPTION...]: reply in $OUT
	_b=$1; shift
	_run curl -sS --noproxy '*' -m 20 -H 'Content-Type: application/json' \
	    -d "$_b" "$@" "$URL/chat/completions"
}
get() { _run curl -sS --noproxy '*' -m 20 "${URL%/v1}$1"; }
content() { jq -r '.choices[0].message.content' "$OUT"; }
says() {	# says TEXT NAME [CURL OPTION...]: the next answer is TEXT
	_want=$1 _what=$2; shift 2
	post "$ask" "$@"
	is "$(content)" "$_want" "$_what"
}

modeld_start '# a comment
text "one" # and another
repeat 2 text "two {n} {i}"
when last-role=assistant text "rule {n}"
when contains "xyz" repeat 1 text "xyz once"
when path=/v1/odd body {"odd":true}
text "a\n\"b\" \ud83d\ude00"
	text " and more" reasoning "think"
call list_files {"path":"f{n}", "deep":[1, {"a":2}]}
    call shell "{\"command\"" id=mine
    call none
text "{last} {model} {other}" model m-2
finish length text "cut" usage in=7 out=3
usage none text "no usage"
usage float text ""
default text "default {n}"'
says one 'a step'
says 'two 2 1' 'repeat, first'
says 'two 3 2' 'repeat, second'
post '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"x"}]}'
is "$(content)" 'rule 4' 'a rule on the last role comes first'
post '{"messages":[{"role":"user","content":"xyz"}]}'
is "$(content)" 'xyz once' 'a rule on the body'
get /v1/odd
json_is "$(cat "$OUT")" '{"odd":true}' 'a rule on a path'
post '{"messages":[{"role":"user","content":"xyz"}]}'
is "$(content)" 'a
"b" 😀 and more' 'escapes, continued step; the rule was used up'
jq_ok '.choices[0].message.reasoning_content == "think"' 'reasoning'
post "$ask"
jq_ok '.choices[0] | .finish_reason == "tool_calls" and .message.content == null' \
    'calls: finish and content'
json_is "$(jq -c '[.choices[0].message.tool_calls[] | [.type, .id, .function]]' "$OUT")" \
'[["function","call_7_0",{"name":"list_files","arguments":"{\"path\":\"f7\", \"deep\":[1, {\"a\":2}]}"}],
["function","mine",{"name":"shell","arguments":"{\"command\""}],
["function","call_7_2",{"name":"none","arguments":"{}"}]]' \
    'calls: ids, arguments verbatim, bad JSON, none'
says 'hi m-2 {other}' 'variables'
jq_ok '.model == "m-2"' 'model'
says cut 'finish'
jq_ok '.choices[0].finish_reason == "length"' 'finish reason'
jq_ok '.usage == {prompt_tokens:7, completion_tokens:3, total_tokens:10}' 'usage'
says 'no usage' 'usage none'
jq_ok 'has("usage") | not' 'no usage'
says '' 'empty text'
jq_ok '.usage.prompt_tokens | . != floor' 'usage in floats'
says 'default 12' 'the default serves the rest'
says 'default 13' 'again and again'
modeld_ok 'no fault was seen'
modeld_stop
is $? 0 'it ends with status 0'

modeld_start 'text a
text b
loop'
for w in a b a b a; do says $w "loop $w"; done

modeld_start 'when tools=yes text "has tools"
when model=q2 text "model"
when stream=true text "streamed"
when header "x-test: yes" text "header"
when last-contains "wo" text "last"
when messages>2 text "many"
when n<7 lacks "zzz" text "n is {n}"
when path=/v1/models status 500 message=down'
post '{"tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"hi"}]}'
is "$(content)" 'has tools' 'when tools'
post '{"model":"q2","messages":[{"role":"user","content":"hi"}]}'
is "$(content)" model 'when model'
post '{"stream":true,"messages":[{"role":"user","content":"hi"}]}'
like "$(cat "$OUT")" '"content":"streamed"' 'when stream'
says header 'when header' -H 'X-Test: yes, indeed'
post '{"messages":[{"role":"user","content":"two"}]}'
is "$(content)" last 'when last-contains'
post '{"messages":[{"role":"user","content":"1"},{"role":"user","content":"2"},{"role":"user","content":"3"}]}'
is "$(content)" many 'when messages>2'
says null 'when n<7: not the seventh, and the script is over'
jq_ok '.error.message == "script is over"' 'script is over'
get /v1/models
jq_ok '.error | .code == 500 and .message == "down"' 'a status on another path'

modeld_start 'status 429 retry-after=7 message="slow down" type=rate header "X-A: b"
status 500 body="<html>no</html>"
status 503 body={"error":"loading"}
body {"choices":[]}
body "not json"
content 5 calls {"a":1} text x
choices {} text x
text "no key" stream key=reasoning reasoning r
as stream text "forced"
as whole text "forced"'
post "$ask" -i
like "$(cat "$OUT")" '^HTTP/1.1 429 ' 'status'
like "$(cat "$OUT")" '^Retry-After: 7' 'retry-after'
like "$(cat "$OUT")" '^X-A: b' 'header'
like "$(cat "$OUT")" '"message":"slow down","type":"rate"' 'message, type'
post "$ask" -i
like "$(cat "$OUT")" '^Content-Type: text/html' 'an HTML body'
post "$ask"; json_is "$(cat "$OUT")" '{"error":"loading"}' 'a body of status'
post "$ask"; json_is "$(cat "$OUT")" '{"choices":[]}' 'body'
post "$ask"; is "$(cat "$OUT")" 'not json' 'body of text'
post "$ask"
jq_ok '.choices[0].message | .content == 5 and .tool_calls == {a:1}' 'wrong types'
post "$ask"; jq_ok '.choices == {}' 'choices'
post "$ask"; jq_ok '.choices[0].message.reasoning == "r"' 'key of the reasoning'
post "$ask"; like "$(cat "$OUT")" '^data: ' 'as stream'
post '{"stream":true,"messages":[{"role":"user","content":"hi"}]}'
is "$(content)" forced 'as whole'

modeld_start 'set window 1000
set models "m1 m2"
set embeddings 3'
get /v1/models
jq_ok '[.data[].id] == ["m1","m2"] and .data[0].meta.n_ctx == 1000' 'models'
get /health
json_is "$(cat "$OUT")" '{"status":"ok"}' 'health'
get /props
jq_ok '.default_generation_settings.n_ctx == 1000' 'props'
_run curl -sS --noproxy '*' -d '{"input":["a","b","a"]}' "$URL/embeddings"
jq_ok '.data | length == 3 and (.[0].embedding | length == 3) and
    .[0].embedding == .[2].embedding and .[0].embedding != .[1].embedding' 'embeddings'
_run curl -sS --noproxy '*' -d '{}' "$URL/embeddings"
jq_ok '.error.code == 400' 'embeddings without input'
get /v1/nothing
jq_ok '.error.code == 404' 'not found'
done_testing
