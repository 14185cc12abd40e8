#!/bin/sh
# modeld refuses what the strictest server would, and sees what was expected.
# shellcheck disable=SC1091,SC2016
. "$(dirname "$0")/lib.sh"

post() {
	_b=$1; shift
	_run curl -sS --noproxy '*' -m 20 -H 'Content-Type: application/json' \
	    -d "$_b" "$@" "$URL/chat/completions"
}
refused() {	# refused BODY ERE NAME
	post "$1"
	like "$(jq -r '"\(.error.code) \(.error.message)"' "$OUT")" "^400 .*$2" "$3"
}
taken() { post "$1"; jq_ok '.choices' "$2"; }
u='{"role":"user","content":"hi"}'
m() { printf '{"messages":[%s]}' "$1"; }
calls() {	# calls [CALL...]: an assistant message
	printf '{"role":"assistant","content":null,"tool_calls":['
	_sep=
	for _c; do printf '%s%s' "$_sep" "$_c"; _sep=,; done
	printf ']}'
}
c() { printf '{"id":"%s","type":"function","function":{"name":"f","arguments":"%s"}}' \
    "$1" "${2-{\}}"; }
t() { printf '{"role":"tool","tool_call_id":"%s","content":"r"}' "$1"; }

modeld_start 'default text ok'
taken "$(m "$u")" 'a good request'
taken "$(m "$u,$(calls "$(c a)" "$(c b '{\"x\":[1,2.5e3]}')"),$(t b),$(t a),$u")" 'calls and results'
taken '{"model":"m","temperature":0.1,"max_tokens":5,"stop":["x"],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}],"messages":[{"role":"system","content":""},{"role":"user","content":"\ud83d\ude00 é"},{"role":"assistant","content":"x","reasoning_content":"y"}]}' 'much of what is known'

refused '' 'empty body' 'nothing'
refused '{' 'unexpected end|expected' 'cut JSON'
refused '[]' 'not an object' 'no object'
refused "$(m "$u") x" 'text after' 'text after the value'
refused '{"messages":[{"role":"user","content":"a\ud800b"}]}' 'no low surrogate' 'lone high surrogate'
refused '{"messages":[{"role":"user","content":"a\udc00b"}]}' 'no high surrogate' 'lone low surrogate'
refused "$(printf '{"messages":[{"role":"user","content":"\377"}]}')" 'invalid UTF-8' 'invalid UTF-8'
refused "$(printf '{"messages":[{"role":"user","content":"\355\240\200"}]}')" 'invalid UTF-8' 'a surrogate in UTF-8'
refused "$(printf '{"messages":[{"role":"user","content":"\001"}]}')" 'control' 'a control byte'
refused '{"messages":[{"role":"user","content":"\x"}]}' 'escape' 'unknown escape'
refused '{"temperature":007,"messages":[]}' 'leading zero' '007'
refused '{"temperature":nan,"messages":[]}' 'value expected' 'nan'
refused '{"temperature":1.,"messages":[]}' 'digits' '1.'
refused '{"messages":[],}' 'string expected' 'trailing comma'
refused '{}' 'must be an array' 'no messages'
refused '{"messages":"x"}' 'must be an array' 'messages a string'
refused '{"messages":[]}' 'is empty' 'no message'
refused '{"agent":1,"messages":[]}' "'agent' is not supported" 'an unknown key'
refused "$(m '1')" 'messages.0.: not an object' 'a message that is none'
refused "$(m '{"role":"user","content":"x","agent":{}}')" "'agent'" 'our own extras'
refused "$(m '{"type":"message","role":"user","content":"x"}')" "'type'" 'an event line'
refused "$(m '{"role":"wizard","content":"x"}')" 'wizard' 'unknown role'
refused "$(m '{"content":"x"}')" 'unknown role' 'no role'
refused "$(m '{"role":"user"}')" 'content is missing' 'no content'
refused "$(m '{"role":"user","content":null}')" 'must be a string' 'null content'
refused "$(m '{"role":"assistant","content":null}')" 'null needs' 'null content without calls'
refused "$(m '{"role":"user","content":[{"type":"text","text":"x"}]}')" 'must be a string' 'parts'
refused "$(m "$u,$(calls)")" 'filled array' 'empty tool_calls'
refused "$(m "$u,$(calls "$(c a)")")" 'no tool messages' 'a call without result'
refused "$(m "$u,$(calls "$(c a)"),$u")" 'must be followed' 'user after a call'
refused "$(m "$u,$(calls "$(c a)" "$(c b)"),$(t a),$u")" 'must be followed' 'one result of two'
refused "$(m "$u,$(calls "$(c a)"),$(t a),$(t a)")" 'without a preceding' 'a result twice'
refused "$(m "$u,$(t a)")" 'without a preceding' 'a result without call'
refused "$(m "$u,$(calls "$(c a)" "$(c a)"),$(t a)")" 'duplicate id' 'the same id twice'
refused "$(m "$u,$(calls "$(c a)"),$(t a),$(calls "$(c a)"),$(t a)")" 'duplicate id' 'an id used again'
refused "$(m "$u,$(calls "$(c a '{')"),$(t a)")" 'Failed to parse' 'cut arguments'
refused "$(m "$u,$(calls "$(c a '')"),$(t a)")" 'Failed to parse' 'empty arguments'
refused "$(m "$u,$(calls "$(c a '[1]')"),$(t a)")" 'Failed to parse' 'arguments of an array'
refused "$(m "$u,$(calls '{"id":"a","type":"function","function":{"name":"f","arguments":{}}}'),$(t a)")" 'must be a string' 'arguments an object'
refused "$(m "$u,$(calls '{"id":"a","function":{"name":"f","arguments":"{}"}}'),$(t a)")" 'type must be' 'call without type'
refused "$(m "$u,$(calls '{"id":"a","index":0,"type":"function","function":{"name":"f","arguments":"{}"}}'),$(t a)")" "'index'" 'index of a delta'
refused "$(m "$u,$(calls '{"type":"function","function":{"name":"f","arguments":"{}"}}')")" 'id must be' 'call without id'
refused "$(m "$u,$(calls '{"id":"a","type":"function","function":{"name":"a.b","arguments":"{}"}}'),$(t a)")" 'function name' 'a bad name'
refused "$(m '{"role":"user","content":"x","tool_call_id":"a"}')" 'tool_call_id on role' 'an id on a user'
refused "$(m '{"role":"tool","content":"x"}')" 'tool_call_id is missing' 'a result without id'
refused "{\"tools\":[],\"messages\":[$u]}" 'empty array' 'no tools'
refused "{\"tools\":[{\"name\":\"f\"}],\"messages\":[$u]}" 'tools.0.' 'a bad tool'
refused "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{}}}],\"messages\":[$u]}" 'type object' 'bad parameters'
refused "{\"stream_options\":{},\"messages\":[$u]}" 'without stream' 'stream_options alone'
refused "{\"stream\":1,\"messages\":[$u]}" 'boolean' 'stream a number'
refused "{\"model\":1,\"messages\":[$u]}" 'model must' 'model a number'
_run curl -sS --noproxy '*' -H 'Content-Type: text/plain' -d "$(m "$u")" \
    "$URL/chat/completions"
like "$(cat "$OUT")" 'content-type' 'content type'
is "$(jq -s 'map(select(.turn)) | length' "$MODELD_LOG")" 3 'a refused request uses up no step'
modeld_stop; is $? 1 'faults show in the exit status'

modeld_start 'set lenient
default text ok'
taken "$(m '{"role":"wizard","agent":1}')" 'lenient'
refused '{' '' 'but not about JSON'
modeld_start 'set reuse-ids
set parts
default text ok'
taken "$(m "$u,$(calls "$(c a)"),$(t a),$(calls "$(c a)"),$(t a)")" 'reuse-ids'
taken "$(m '{"role":"user","content":[{"type":"text","text":"x"}]}')" 'parts'

modeld_start 'set key k1
set loading 1
expect "needle" expect-not "secret" text a
expect "needle" text b
expect-not "needle" text c
expect-last "end" text d
expect-header "X-A: b" text e
expect-header "X-A: b" text f'
error() { post "$@"; jq -r '.error | "\(.code) \(.message)"' "$OUT"; }
is "$(error "$(m "$u")")" '503 Loading model' 'loading'
is "$(error "$(m "$u")")" '401 Invalid API Key' 'no key'
is "$(error "$(m "$u")" -H 'Authorization: Bearer k2')" '401 Invalid API Key' 'wrong key'
k='Authorization: Bearer k1'
n='{"messages":[{"role":"user","content":"needle end"}]}'
post "$n" -H "$k"; jq_ok .choices 'an expectation met'
like "$(error "$(m "$u")" -H "$k")" '^500 script line 4: expect "needle"' 'one not met'
like "$(error "$n" -H "$k")" '^500 .*expect-not' 'expect-not'
post "$n" -H "$k"; jq_ok .choices 'expect-last'
post "$n" -H "$k" -H 'X-A: bc'; jq_ok .choices 'expect-header'
like "$(error "$n" -H "$k")" '^500 .*expect-header' 'expect-header, not met'
is "$(jq -s 'map(select(.fault)) | length' "$MODELD_LOG")" 3 'in the log as well'
modeld_start 'set window 10
default text ok'
like "$(error "$(m "$u")")" '^400 request .11 tokens. exceeds the available context size .10 tokens' 'window'
done_testing
