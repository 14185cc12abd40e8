#!/bin/sh
# How answers are framed: every form of event streams and of bytes that
# servers are known to send gives the message that was meant.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/wire.sh"

# row 25
wire_table <<'TABLE'
## plain what most servers send
text "Hi, you."
= {"role":"assistant","content":"Hi, you.",@stop}

## A1 no blank behind data:
text "Hi, you." stream nospace
= {"role":"assistant","content":"Hi, you.",@stop}

## A2 lines that end in CR LF
text "Hi, you." stream crlf
= {"role":"assistant","content":"Hi, you.",@stop}

## A2-cr lines that end in CR
text "Hi, you." stream cr
= {"role":"assistant","content":"Hi, you.",@stop}

## A2-mixed all line ends in one stream
body "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"b\"}}]}\r\rdata: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
= {"role":"assistant","content":"ab","agent":{"finish_reason":"stop"}}

## A3 comments to keep the line alive
text "Hi, you." stream comments
= {"role":"assistant","content":"Hi, you.",@stop}

## A3-first a comment first of all
line ": OPENROUTER PROCESSING" line "" line ": OPENROUTER PROCESSING" line "" text "Hi."
= {"role":"assistant","content":"Hi.",@stop}

## A4 a comment as data
text "Hi, you." stream comment-data
= {"role":"assistant","content":"Hi, you.",@stop}

## A5 data of one event in several lines
text "Hi, you." stream multiline
= {"role":"assistant","content":"Hi, you.",@stop}

## A6 chunks glued together without an empty line
text "Hi, you." stream glue
= {"role":"assistant","content":"Hi, you.",@stop}

## A6-torn a chunk that breaks off, and one that begins in the same event
text "a" line "data: {\"choices\":[{\"index\":0,\"del" line "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"}}]}" line "" text "c"
= {"role":"assistant","content":"abc",@stop}

## A6-noise data that is no JSON
text "a" event "nonsense" event "3" event "null" text "b"
= {"role":"assistant","content":"ab",@stop}

## A7 an error report within a torn event
text "a" line "data: {\"choices\":[{\"del{\"error\":{\"message\":\"boom\",\"code\":500}}" line ""
! 69 unavailable boom

## A8 no [DONE]
text "Hi, you." stream nodone
= {"role":"assistant","content":"Hi, you.",@stop}

## A8-tight [DONE] without a blank
text "Hi, you." stream done-tight
= {"role":"assistant","content":"Hi, you.",@stop}

## A8-blanks [DONE] with blanks
text "Hi." event " [DONE] "
= {"role":"assistant","content":"Hi.","agent":{"model":"modeld-1","finish_reason":"stop","request_id":"x"}}

## A8-after data behind [DONE]
text "Hi, you." stream after-done
= {"role":"assistant","content":"Hi, you.",@stop}

## A9 [DONE], and no reason for the end
text "Hi, you." stream finish=none
= {"role":"assistant","content":"Hi, you.",@stop}

## A9-call the same with a call that is whole
call f {"a":1} id=c1 stream finish=none
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}],@calls}

## A9-half the same with half a call
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":"}}]}}]} stream finish=none
! 75 cut broke off

## A10 the end without any of it
text "Hi, you." stream finish=none usage=none nodone
! 75 cut broke off

## A10-call a call in flight is not made
call f {"a":1} stream finish=none usage=none nodone
! 75 cut broke off

## A10-cut the connection breaks
text "one two three" cut after=420
! 75 cut broke off

## A10-empty nothing at all
body ""
! 75 cut empty

## A11 characters of many bytes, split between reads
text "Grüße, 世界 🎈"
= {"role":"assistant","content":"Grüße, 世界 🎈",@stop}

## A11-delta a character split between two chunks
event {"choices":[{"index":0,"delta":{"content":"{xf0}{x9f}"}}]} event {"choices":[{"index":0,"delta":{"content":"{x8e}{x88}!"}}]}
= {"role":"assistant","content":"🎈!",@stop}

## A12 bytes that are no UTF-8
event {"choices":[{"index":0,"delta":{"content":"a{xff}b{xc3}"}}]} event {"choices":[{"index":0,"delta":{"content":"c"}}]}
= {"role":"assistant","content":"a�b�c",@stop}

## A13 a surrogate pair in two chunks
event {"choices":[{"index":0,"delta":{"content":"a\ud83d"}}]} event {"choices":[{"index":0,"delta":{"content":"\ude00b"}}]}
= {"role":"assistant","content":"a😀b",@stop}

## A13-lone half a pair and no other half
event {"choices":[{"index":0,"delta":{"content":"a\ud83d"}}]} event {"choices":[{"index":0,"delta":{"content":"b"}}]}
= {"role":"assistant","content":"a�b",@stop}

## A13-args a surrogate pair in two pieces of the arguments
event {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{\"a\":\"\ud83d"}}]}}]} event {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\ude00\"}"}}]}}]} finish tool_calls
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"😀\"}"}}],@calls}

## A15 NUL in the text
event {"choices":[{"index":0,"delta":{"content":"a\u0000b"}}]}
= {"role":"assistant","content":"a\u0000b",@stop}

## A15-args NUL in arguments
call f "{\"a\":\"x\\u0000y\"}" id=c1
= {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\":\"x\\u0000y\"}"}}],@calls}

## A17 packed by gzip
text "Hi, you." gzip
= {"role":"assistant","content":"Hi, you.",@stop}

## A17-whole a document packed by gzip
$ -q
text "Hi, you." gzip
= {"role":"assistant","content":"Hi, you.",@stop}

## A17-error an error packed by gzip
status 400 message="no good" gzip
! 65 invalid_request no good

## A18 one document though a stream was asked for
text "Hi, you." as whole
= {"role":"assistant","content":"Hi, you.",@stop}

## A18-stream a stream though none was asked for
$ -q
text "Hi, you." as stream usage in=1 out=2 stream usage=last
= {"role":"assistant","content":"Hi, you.",@stop}

## A19 lines of JSON
body "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi, \"},\"done\":false}\n{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"you.\"},\"done\":false}\n{\"model\":\"m\",\"message\":{\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":3,\"eval_count\":4}\n"
= {"role":"assistant","content":"Hi, you.","agent":{"model":"m","finish_reason":"stop","usage":{"input_tokens":3,"output_tokens":4}}}

## A19-chunks chunks as lines without data:
body "{\"choices\":[{\"delta\":{\"content\":\"Hi, \"}}]}\n{\"choices\":[{\"delta\":{\"content\":\"you.\"},\"finish_reason\":\"stop\"}]}\n"
= {"role":"assistant","content":"Hi, you.","agent":{"finish_reason":"stop"}}

## A20 an event of type error
line "event: error" line "data: {\"message\":\"boom\"}" line ""
! 69 unavailable boom

## A20-text the same with plain words
line "event: error" line "data: the engine died" line ""
! 69 unavailable the engine died

## A21 a byte order mark
text "Hi, you." stream bom
= {"role":"assistant","content":"Hi, you.",@stop}

## A21-fields event: id: and retry: in every event
text "Hi, you." stream named
= {"role":"assistant","content":"Hi, you.",@stop}

## A21-blanks nothing but empty lines for long
text "Hi, you." stream blanks
= {"role":"assistant","content":"Hi, you.",@stop}

## batch all of it in one chunk of the transfer
text "Hi, you." stream batch=100
= {"role":"assistant","content":"Hi, you.",@stop}

## twice keys twice in an object: the last counts
event {"choices":[{"index":0,"delta":{"content":"a","content":"b"}}],"choices":[{"index":0,"delta":{"content":"c","role":"assistant","content":"d"}}]}
= {"role":"assistant","content":"d",@stop}

## unknown members that nobody knows, and odd numbers
event {"choices":[{"index":0,"delta":{"content":"a","x":[1,{"y":null}]},"logprobs":{"content":[]},"native_finish_reason":"X"}],"timings":{"a":1e400},"provider":{"b":-0.0}}
= {"role":"assistant","content":"a",@stop}

## deep nested deeper than anything needs
event {"choices":[{"index":0,"delta":{"content":"a"},"x":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}]} text "b"
= {"role":"assistant","content":"b",@stop}
TABLE

# A16 a line of ten million bytes, as a delta and as a whole answer.
modeld_start 'default huge 10000000'
for o in --stream -q; do
	agent-gate --url "$URL" -m m --retries 0 "$o" <talk >got 2>err
	is "$? $(tail -n 1 got | jq '.content | length')" '0 10000000' "A16 10 MB, $o"
done
modeld_stop
done_testing
