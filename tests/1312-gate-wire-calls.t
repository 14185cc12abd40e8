#!/bin/sh
# Tool calls in every form that servers are known to send, and the reason of
# the end.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/wire.sh"
cat >tools <<'EOT'
[{"type":"function","function":{"name":"read_file","parameters":{}}},
 {"type":"function","function":{"name":"list_files","parameters":{}}}]
EOT

cat >taken <<'EOT'
{"role":"user","content":"u"}
{"role":"assistant","content":null,"tool_calls":[{"id":"old","type":"function","function":{"name":"f","arguments":"{}"}}]}
{"role":"tool","tool_call_id":"old","content":"r"}
EOT
# row 26
wire_table <<'TABLE'
## D0 a call as most servers send it
text "Let me see." call read_file {"path":"a b","n":9007199254740993} id=c1
= {"role":"assistant","content":"Let me see.","tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"a b\",\"n\":9007199254740993}"}}],@calls}

## D1 no index: an id begins a call
call f {"a":1} id=c1
call g {"b":2} id=c2 stream index=none
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D1-bare no index and no id: whole calls
call f {"a":1}
call g {"b":2} stream index=none ids=none whole-call
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call00002","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D2 index 0 for all, with their ids
call f {"a":1} id=c1
call g {"b":2} id=c2 stream index=zero
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D2-mixed index 0 for all, pieces of two calls by turns
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}},{"index":0,"id":"c2","function":{"name":"g","arguments":"{\"b\":"}}]}}]}
    event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c2","function":{"arguments":"2}"}},{"index":0,"id":"c1","function":{"arguments":"1}"}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D3 the index begins at 1
call f {"a":1} id=c1
call g {"b":2} id=c2 stream index=one
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D3-jump the index leaps
call f {"a":1} id=c1
call g {"b":2} id=c2 stream index=jump
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"g","arguments":"{\"b\":2}"}}],@calls}

## D3-orphan arguments with another index
event {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c1","function":{"name":"f","arguments":""}}]}}]} event {"choices":[{"delta":{"tool_calls":[{"index":2,"function":{"arguments":"{\"a\":1}"}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D4 the id in every piece
call f {"a":"bcdefghij"} id=c1 stream ids=each
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"bcdefghij\"}"}}],@calls}

## D4-none no id
call f {"a":"bcdefghij"} stream ids=none
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"a\":\"bcdefghij\"}"}}],@calls}

## D4-empty an empty id
call f {"a":"bcdefghij"} stream ids=empty
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"a\":\"bcdefghij\"}"}}],@calls}

## D4-late the id behind the arguments
event {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}}]} event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1"}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D4-same the same id for two calls
$ -q
call f {"a":1} id=c1
call f {"b":2} id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"b\":2}"}}],@calls}

## D4-taken an id that a call of the talk has already
< taken
call f {"a":1} id=old
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D4-number an id that is a number
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":7,"function":{"name":"f","arguments":"{}"}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D5 the name whole in every piece
call read_file {"path":"abcdefghijkl"} id=c1 stream name=each
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"abcdefghijkl\"}"}}],@calls}

## D6 the name in two pieces
call read_file {"path":"a"} id=c1 stream name=split
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"a\"}"}}],@calls}

## D7 the name behind the first arguments
call read_file {"path":"a"} id=c1 stream name=late
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"a\"}"}}],@calls}

## D8 no type
call f {"a":1} id=c1 stream type=none
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D8-each the type in every piece
call f {"a":"bcdefghij"} id=c1 stream type=each
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"bcdefghij\"}"}}],@calls}

## D9 arguments as an object
call f {"a":1,"n":9007199254740993} id=c1 stream args=object
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1,\"n\":9007199254740993}"}}],@calls}

## D9-whole the same in a document
$ -q
call f {"a":1,"n":9007199254740993} id=c1 stream args=object
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1,\"n\":9007199254740993}"}}],@calls}

## D9-twice the object sent again
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}}]} event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":{"a":1}}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D10 no arguments
call f id=c1 stream args=none
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D10-null arguments null
call f id=c1 stream args=null
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D10-empty arguments the empty string
call f id=c1 stream args=empty
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D10-word arguments the word null
call f "null" id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}],@calls}

## D11 arguments encoded twice
call f {"a":"b"} id=c1 stream args=double
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"b\"}"}}],@calls}

## D12 arguments that are not JSON: the model is told by who runs the call
call f "{\"a\": 1,}" id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1,}"}}],@calls}

## D13 the whole call in one piece, with text and the reason
event {"choices":[{"delta":{"role":"assistant","content":"Look:","tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},"finish_reason":"tool_calls"}]} stream role=none finish=none
= {"role":"assistant","content":"Look:","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## llama-whole content that is empty beside calls, in a document
$ -q
content "\"\"" calls [{"type":"function","function":{"name":"f","arguments":"{\"a\":1}"},"id":"nTQ1rD2wWyU2nJ5cN0xgVQzX8yXgQxqk"}] finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"nTQ1rD2wWyU2nJ5cN0xgVQzX8yXgQxqk","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## llama-two two calls, though one was asked for
call f {"a":1} id=c1
call f {"a":2} id=c2 finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{\"a\":2}"}}],@calls}

## D14 the reason is stop, and there are calls
call f {"a":1} id=c1 finish stop
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D15 the reason is tool_calls, and there are none
text "hm" finish tool_calls
= {"role":"assistant","content":"hm",@stop}

## D15-text the same, and the call is in the text
$ --stream --tools tools
text "<tool_call>\n{\"name\": \"read_file\", \"arguments\": {\"path\": \"a\"}}\n</tool_call>" finish tool_calls
= {"role":"assistant","content":null,"agent":{"model":"modeld-1","finish_reason":"tool_calls","usage":{"input_tokens":1,"output_tokens":2},"request_id":"x","recovered":{"calls":1,"formats":["hermes"]}},"tool_calls":[{"id":"call00001","type":"function","function":{"name":"read_file","arguments":"{\"path\": \"a\"}"}}]}

## D16-end reasons of other names: end
text "a" finish end
= {"role":"assistant","content":"a",@stop}

## D16-eos eos_token
text "a" finish eos_token
= {"role":"assistant","content":"a",@stop}

## D16-turn end_turn
text "a" finish end_turn
= {"role":"assistant","content":"a",@stop}

## D16-old function_call
event {"choices":[{"delta":{"function_call":{"name":"f","arguments":"{\"a\":"}}}]} event {"choices":[{"delta":{"function_call":{"arguments":"1}"}}}]} finish function_call
= {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## D16-empty the empty string
text "a" finish "" 
= {"role":"assistant","content":"a",@stop}

## D16-max max_tokens
text "a" finish max_tokens
= {"role":"assistant","content":"a",@length}
TABLE
done_testing
