#!/bin/sh
# modeld streams: framing and every oddity of deltas that a script can ask for.
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

ask='{"stream":true,"messages":[{"role":"user","content":"hi"}]}'
post() {
	_b=$1; shift
	_run curl -sS --noproxy '*' -m 20 -H 'Content-Type: application/json' \
	    -d "$_b" "$@" "$URL/chat/completions"
}
# The payloads of the last stream, one JSON text per line.
events() { tr -d '\r' <"$OUT" | sed -n 's/^data: *\([{].*\)/\1/p'; }
deltas() { events | jq -c '.choices[]?.delta'; }
has() { tr '\r' '~' <"$OUT" | grep -Eq -e "$1"; _if $? "$2" "$(head -c 1500 "$OUT")"; }
joined() { deltas | jq -rj '.content // empty'; }

modeld_start 'text "some words here" reasoning "hm"
text "ü😀" stream chunk=1
text "a b" stream crlf
text "a b" stream cr
text "a b" stream nospace
text "a b" stream bom comments comment-data blanks
text "a b" stream glue
text "a b" stream multiline
text "a b" stream named
text "a b" stream nodone
text "a b" stream done-tight after-done
text "abcdef" stream piece=2
text "a b c d" stream batch=100
tokens 5
huge 100000
event "{\"error\":{\"message\":\"mid\"}}" line ": odd" text "x"
text a stream pace=5ms'
post "$ask" -i
has '^Content-Type: text/event-stream' 'content type'
json_is "$(deltas | jq -s .)" '[{"role":"assistant","content":null},
{"content":"some"},{"content":" words"},{"content":" here"},
{"reasoning_content":"hm"},{}]' 'a plain stream'
is "$(events | tail -n 1 | jq -r '.choices[0].finish_reason')" stop 'finish'
is "$(tail -n 2 "$OUT")" 'data: [DONE]' 'done'
_run curl -sS --noproxy '*' --raw -H 'Content-Type: application/json' -d "$ask" \
    "$URL/chat/completions"
is "$(head -n 1 "$OUT" | tr -d '\r')" 1 'chunk=1: chunks of one byte'
post "$ask"; has '^data: .*~$' 'crlf'; is "$(joined)" 'a b' 'crlf: content'
post "$ask"; has 'null}]}~~data: ' 'cr'
post "$ask"; has '^data:[{]' 'nospace'
post "$ask"
is "$(head -c 3 "$OUT" | od -An -tx1 | tr -d ' ')" efbbbf 'bom'
has '^: ping' 'comments'; has '^data: : OPENROUTER' 'comment-data'
is "$(joined)" 'a b' 'with noise: content'
post "$ask"; is "$(grep -c '^$' "$OUT")" 0 'glue: no empty lines'
post "$ask"; has '^data: .*,$' 'multiline'; has '^data: "object' 'multiline, rest'
post "$ask"; has '^event: message' 'named'; has '^id: 1' 'id'; has '^retry: 3000' 'retry'
post "$ask"; unlike "$(cat "$OUT")" DONE 'nodone'
post "$ask"; has '^data:\[DONE\]' 'done-tight'
is "$(tail -n 2 "$OUT")" 'data:{"after":"done"}' 'after-done'
post "$ask"; json_is "$(deltas | jq -s 'map(.content // empty)')" '["ab","cd","ef"]' 'piece'
_run curl -sS --noproxy '*' --raw -H 'Content-Type: application/json' -d "$ask" \
    "$URL/chat/completions"
is "$(grep -Ec '^[0-9a-f]+.$' "$OUT")" 2 'batch: one chunk and the last'
post "$ask"; is "$(joined)" ' the quick brown fox jumps' 'tokens'
is "$(deltas | wc -l)" 7 'tokens: a delta each'
post "$ask"; is "$(joined | tr -d x | wc -c)" 0 'huge'; is "$(joined | wc -c)" 100000 'its size'
post "$ask"; has '^data: [{]"error"' 'event'; has '^: odd$' 'line'
post "$ask"; is "$(joined)" a 'pace'

modeld_start 'text a
text a stream usage=last
text a stream usage=none
text a stream usage=each
text a stream usage=choice
text a stream role=none
text a stream role=each
text "a b" stream role=empty
text "a b" stream finish=with
text a stream finish=none
text a stream finish=twice
text a finish null
text a stream delta=null
text a stream delta=missing
text a stream delta=message'
post '{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}'
json_is "$(events | tail -n 1 | jq '[.choices, .usage.completion_tokens]')" '[[],1]' 'usage when asked'
n() { events | jq -c "$1" | grep -c -v '^null$'; }
post "$ask"; is "$(n .usage)" 1 'usage=last'
post "$ask"; is "$(n .usage)" 0 'usage=none'
post "$ask"; is "$(n .usage)" 3 'usage=each'
post "$ask"; is "$(n '.choices[0].usage')" 1 'usage=choice'
post "$ask"; is "$(n '.choices[0].delta.role')" 0 'role=none'
post "$ask"; is "$(n '.choices[0].delta.role')" 1 'role=each'
post "$ask"; is "$(deltas | jq -r 'select(.role == "") | .content' | tr -d '\n')" 'a b' 'role=empty'
fin='select(.choices[0].finish_reason) | .choices[0].delta'
post "$ask"; json_is "$(events | jq "$fin")" '{"content":" b"}' 'finish=with'
post "$ask"; is "$(events | jq "$fin")" '' 'finish=none'
post "$ask"; is "$(events | jq -c "$fin" | wc -l)" 2 'finish=twice'
post "$ask"; is "$(events | jq "$fin")" '' 'finish null'
post "$ask"; has '"delta":null' 'delta=null'
post "$ask"; is "$(events | jq -c '.choices[0] | has("delta")' | tr '\n' ' ')" 'true true false ' 'delta=missing'
post "$ask"; has '"message":[{]"content":"a"' 'delta=message'

call='call f {"p":"a b"} call g {"q":1}'
modeld_start "$call stream role=none
$call stream role=none index=none
$call stream role=none index=zero
$call stream role=none index=one
$call stream role=none index=jump
$call stream role=none ids=each
$call stream role=none ids=none
$call stream role=none ids=empty
$call stream role=none name=each
call abcd stream role=none name=split
$call stream role=none name=late
$call stream role=none args=object
$call stream role=none args=double
$call stream role=none args=none
$call stream role=none args=null
$call stream role=none args=empty
$call stream role=none type=none
$call stream role=none type=each
$call stream role=none whole-call finish=with"
calls() { deltas | jq -c '.tool_calls[]?' | jq -sc "$1"; }
post "$ask"
json_is "$(calls .)" '[{"index":0,"id":"call_1_0","type":"function","function":{"name":"f","arguments":""}},
{"index":0,"function":{"arguments":"{\"p\":\""}},{"index":0,"function":{"arguments":"a b\"}"}},
{"index":1,"id":"call_1_1","type":"function","function":{"name":"g","arguments":""}},
{"index":1,"function":{"arguments":"{\"q\":1"}},{"index":1,"function":{"arguments":"}"}}]' 'calls in pieces'
c() { post "$ask"; is "$(calls "$1")" "$2" "$3"; }
c 'map(has("index")) | unique' '[false]' 'index=none'
c 'map(.index) | unique' '[0]' 'index=zero'
c 'map(.index) | unique' '[1,2]' 'index=one'
c 'map(.index) | unique' '[0,5]' 'index=jump'
c 'map(.id) | unique' '["call_6_0","call_6_1"]' 'ids=each'
c 'map(.id) | unique' '[null]' 'ids=none'
c 'map(.id) | unique' '[""]' 'ids=empty'
c 'map(.function.name)' '["f","f","f","g","g","g"]' 'name=each'
c '[.[].function.name // empty]' '["ab","cd"]' 'name=split'
c '[.[] | [.function | .name, .arguments]][:2]' '[[null,"{\"p\":\""],["f",null]]' 'name=late'
c '[.[].function.arguments]' '[{"p":"a b"},{"q":1}]' 'args=object'
c '[.[].function.arguments[:3]] | add | .[:3]' '"\"{\\"' 'args=double'
c '[.[].function | has("arguments")]' '[false,false]' 'args=none'
c '[.[].function | has("arguments"), .arguments]' '[true,null,true,null]' 'args=null'
c '[.[].function.arguments]' '["",""]' 'args=empty'
c 'map(.type) | unique' '[null]' 'type=none'
c 'map(.type) | unique' '["function"]' 'type=each'
post "$ask"
is "$(events | jq -c '[.choices[0] | .finish_reason, .delta.tool_calls[0].function.arguments]' | tail -n 1)" \
    '["tool_calls","{\"q\":1}"]' 'whole-call with the finish'
modeld_ok "no fault was seen"
done_testing
