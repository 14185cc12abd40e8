#!/bin/sh
# Pieces of answers in every form that servers are known to send: text,
# reasoning, usage, choices, names.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/wire.sh"
cat >tools <<'EOT'
[{"type":"function","function":{"name":"read_file","parameters":{}}},
 {"type":"function","function":{"name":"list_files","parameters":{}}}]
EOT
{ cat talk; echo '{"role":"assistant","content":"The answer is"}'; } >prefill

wire_table <<'TABLE'
## D17 the reason in the last piece
text "a b" stream finish=with
= {"role":"assistant","content":"a b",@stop}

## D17-twice the reason twice
text "a b" stream finish=twice
= {"role":"assistant","content":"a b",@stop}

## D17-early a reason before the end, then null
event {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]} text "b"
= {"role":"assistant","content":"ab",@stop}

## D18 no role
text "a b" stream role=none
= {"role":"assistant","content":"a b",@stop}

## D18-each the role in every piece
text "a b" stream role=each
= {"role":"assistant","content":"a b",@stop}

## D18-empty the role is empty
text "a b" stream role=empty
= {"role":"assistant","content":"a b",@stop}

## D19 the last delta is null
text "a b" stream delta=null
= {"role":"assistant","content":"a b",@stop}

## D19-missing the last delta is missing
text "a b" stream delta=missing
= {"role":"assistant","content":"a b",@stop}

## D19-message message in place of delta
text "a b" stream delta=message
= {"role":"assistant","content":"a b",@stop}

## D19-text text in place of delta
event {"choices":[{"index":0,"text":"a "}]} event {"choices":[{"index":0,"text":"b"}]}
= {"role":"assistant","content":"a b",@stop}

## D20 content as parts, with thinking
event {"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"a "},{"type":"text","text":"b"}]}}]}
= {"role":"assistant","content":"a b","reasoning_content":"hm",@stop}

## D20-null content null and empty
event {"choices":[{"index":0,"delta":{"content":null}}]} event {"choices":[{"index":0,"delta":{"content":""}}]} text "a"
= {"role":"assistant","content":"a",@stop}

## D20-none an answer without any content
event {"choices":[{"index":0,"delta":{}}]}
= {"role":"assistant","content":"",@stop}

## D21 a first chunk without choices
event {"choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]} text "a"
= {"role":"assistant","content":"a",@stop}

## D22 usage in a chunk of its own
text "a" stream usage=last
= {"role":"assistant","content":"a",@stop}

## D23 usage in every chunk: the last counts
text "a b" stream usage=each
= {"role":"assistant","content":"a b",@stop}

## D23-choice usage in the choice
text "a b" stream usage=choice
= {"role":"assistant","content":"a b",@stop}

## D23-groq usage below x_groq
event {"choices":[{"index":0,"delta":{"content":"a"}}],"x_groq":{"usage":{"prompt_tokens":1,"completion_tokens":2}}} usage none stream usage=none
= {"role":"assistant","content":"a",@stop}

## D24 no usage
text "a b" stream usage=none
= {"role":"assistant","content":"a b",@plain}

## D24-float usage in fractions, and nonsense
event {"choices":[],"usage":{"prompt_tokens":1.0,"completion_tokens":2.0,"total_tokens":-4,"prompt_tokens_details":{"cached_tokens":"x"}}} text "a" usage none stream usage=none
= {"role":"assistant","content":"a",@stop}

## D24-zero usage of nothing
event {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{}} usage none stream usage=none
= {"role":"assistant","content":"a",@plain}

## D24-timings the counts of llama.cpp
event {"choices":[{"index":0,"delta":{"content":"a"}}],"timings":{"prompt_n":1,"cache_n":0,"predicted_n":2}} usage none stream usage=none
= {"role":"assistant","content":"a",@stop}

## D25 id and model change, object is missing
event {"id":"y","model":"other","choices":[{"index":0,"delta":{"content":"a"}}]} event {"id":7,"model":null,"created":"now","choices":[{"delta":{"content":"b"}}]} usage in=1 out=2
= {"role":"assistant","content":"ab",@stop}

## D26 two choices, mixed: the first is taken
event {"choices":[{"index":1,"delta":{"content":"X"}},{"index":0,"delta":{"content":"a"}}]} event {"choices":[{"index":1,"delta":{"content":"Y"},"finish_reason":"stop"}]} event {"choices":[{"index":0,"delta":{"content":"b"}}]}
= {"role":"assistant","content":"ab",@stop}

## D26-one index 1 comes first, alone: it is the one, to its end
event {"choices":[{"index":1,"delta":{"content":"a"}}]} event {"choices":[{"index":0,"delta":{"content":"X"}}]} event {"choices":[{"index":1,"delta":{"content":"b"},"finish_reason":"stop"}]} stream role=none
= {"role":"assistant","content":"ab",@stop}

## D26-only the only choice has another index
event {"choices":[{"index":3,"delta":{"content":"a"}}]} event {"choices":[{"index":3,"delta":{"content":"b"},"finish_reason":"stop"}]} stream role=none finish=none
= {"role":"assistant","content":"ab",@stop}

## D26-whole two choices in a document
$ -q
choices [{"index":1,"message":{"role":"assistant","content":"X"},"finish_reason":"length"},{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]
= {"role":"assistant","content":"a",@stop}

## D27 reasoning_content
reasoning "hm, hm" text "a"
= {"role":"assistant","content":"a","reasoning_content":"hm, hm",@stop}

## D27-reasoning the same called reasoning
reasoning "hm, hm" text "a" stream key=reasoning
= {"role":"assistant","content":"a","reasoning_content":"hm, hm",@stop}

## D27-thinking the same called thinking
reasoning "hm, hm" text "a" stream key=thinking
= {"role":"assistant","content":"a","reasoning_content":"hm, hm",@stop}

## D27-copilot the same called reasoning_text
reasoning "hm, hm" text "a" stream key=reasoning_text
= {"role":"assistant","content":"a","reasoning_content":"hm, hm",@stop}

## D27-two twice, under two names
event {"choices":[{"index":0,"delta":{"reasoning":"hm","reasoning_content":"hm"}}]} text "a"
= {"role":"assistant","content":"a","reasoning_content":"hm",@stop}

## D27-details in details, which are kept to be sent back
event {"choices":[{"index":0,"delta":{"reasoning":"hm","reasoning_details":[{"type":"reasoning.encrypted","data":"zz"}]}}]} text "a"
= {"role":"assistant","content":"a","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.encrypted","data":"zz"}],@stop}

## D27-whole the same in a document
$ -q
reasoning "hm" text "a" stream key=reasoning
= {"role":"assistant","content":"a","reasoning_content":"hm",@stop}

## D27-only nothing but reasoning, up to the limit
reasoning "hm" finish length
= {"role":"assistant","content":"","reasoning_content":"hm",@length}

## D28 reasoning left in the text
text "<think>\nhm</think>\n\na"
= {"role":"assistant","content":"a",@stop,"reasoning_content":"hm"}

## D28-open the same without the mark that begins it
$ --stream --tools tools
text "hm\n</think>\n\na"
= {"role":"assistant","content":"a",@stop,"reasoning_content":"hm"}

## D30 the name with a prefix of the platform
$ --stream --tools tools
call functions.read_file {"path":"a"} id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"a\"}"}}],"agent":{"model":"modeld-1","finish_reason":"tool_calls","usage":{"input_tokens":1,"output_tokens":2},"request_id":"x","renamed":[{"from":"functions.read_file","to":"read_file"}]}}

## D30-api default_api: before the name
$ --stream --tools tools
call default_api:list_files id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"list_files","arguments":"{}"}}],"agent":{"model":"modeld-1","finish_reason":"tool_calls","usage":{"input_tokens":1,"output_tokens":2},"request_id":"x","renamed":[{"from":"default_api:list_files","to":"list_files"}]}}

## D30-parallel several calls in one
$ --stream --tools tools
call multi_tool_use.parallel {"tool_uses":[{"recipient_name":"functions.read_file","parameters":{"path":"a","end_line":9007199254740993}},{"recipient_name":"functions.list_files","parameters":{}}]} id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read_file","arguments":"{\"path\":\"a\",\"end_line\":9007199254740993}"}},{"id":"call00001","type":"function","function":{"name":"list_files","arguments":"{}"}}],"agent":{"model":"modeld-1","finish_reason":"tool_calls","usage":{"input_tokens":1,"output_tokens":2},"request_id":"x","renamed":[{"from":"functions.read_file","to":"read_file"},{"from":"functions.list_files","to":"list_files"}]}}

## D31 a refusal in place of content
event {"choices":[{"index":0,"delta":{"refusal":"I cannot."}}]}
! 4 - refused to answer

## D32 members that nobody needs
event {"choices":[{"index":0,"delta":{"content":"a","obfuscation":"zzz"},"logprobs":{"content":[{"token":"a"}]},"native_finish_reason":null}],"provider":"P","service_tier":null}
= {"role":"assistant","content":"a",@stop}

## filter a filter ended it
text "a" finish content_filter
! 4 - filter

## cut-call the limit of tokens within a call
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"command\":"}}]}}]} finish length
= {"role":"assistant","content":"","agent":{"model":"modeld-1","finish_reason":"length","usage":{"input_tokens":1,"output_tokens":2},"request_id":"x","cut":true,"cut_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"command\":"}}]}}

## llama-first the first piece of arguments of llama.cpp is one brace
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":"{"}}]}}]} event {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"path\":\n\"a\"}"}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"path\":\n\"a\"}"}}],@calls}

## llama-head a header that ends like the last chunk of a body
text "Hi, you." stream batch=100 header "Keep-Alive: timeout=5, max=100"
= {"role":"assistant","content":"Hi, you.",@stop}

## llama-origin a header without a value
text "Hi." header "Access-Control-Allow-Origin:"
= {"role":"assistant","content":"Hi.",@stop}

## llama-prefill the last message is the assistant's: its text comes again
< prefill
text "The answer is 42."
= {"role":"assistant","content":"The answer is 42.",@stop}

## llama-late a server that says nothing for a while
delay 200ms text "Hi."
= {"role":"assistant","content":"Hi.",@stop}
TABLE
done_testing
