#!/bin/sh
# Errors in every shape, status and place that servers are known to use.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/wire.sh"
# row 21
# row 27

export TESTKEY=sk-1234567890abcdefgh

wire_table <<'TABLE'
## B1 a report in a stream of status 200, first of all
event {"error":{"message":"boom","code":502}}
! 69 unavailable boom

## B1-later the same behind text
text "a b" event {"error":{"message":"boom","code":502}}
! 69 unavailable boom

## B1-call the same behind half a call
event {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"f","arguments":"{"}}]}}]} event {"error":{"message":"boom","code":502}}
! 69 unavailable boom

## B2 an error that belongs to a choice
event {"choices":[{"index":0,"delta":{},"error":{"message":"boom","code":502},"finish_reason":"error"}]}
! 69 unavailable boom

## B2-finish the reason is called error
text "a b" finish error
! 69 unavailable ended the answer: error

## B2-null an error that is null is none
event {"error":null,"choices":[{"index":0,"delta":{"content":"a"},"error":null}]}
= {"role":"assistant","content":"a",@stop}

## B3 a bare string
status 400 body={"error":"boom"}
! 65 invalid_request boom

## B3-message an object with message
status 400 body={"error":{"message":"boom","type":"x","param":null,"code":null}}
! 65 invalid_request boom

## B3-raw a report within a report
status 400 body={"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"boom\"}}"}}}
! 65 invalid_request boom

## B3-array a list of reports
status 400 body=[{"error":{"code":400,"message":"boom","status":"INVALID_ARGUMENT"}}]
! 65 invalid_request boom

## B3-detail details of a validator
status 422 body={"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required","input":{}}]}
! 65 invalid_request Field required

## B3-place the same: where, and what
status 422 body={"detail":[{"type":"extra_forbidden","loc":["body","x",2],"msg":"Extra inputs are not permitted"},{"loc":["body","y"],"msg":"Field required"}]}
! 65 invalid_request body.x.2: Extra inputs are not permitted; body.y: Field required

## B3-mistral the same within message
status 422 body={"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","z"],"msg":"Extra inputs are not permitted","input":1}]},"type":"invalid_request_error","param":null,"code":null}
! 65 invalid_request body.z: Extra inputs are not permitted

## B3-words detail as a sentence
status 400 body={"detail":"boom"}
! 65 invalid_request boom

## B3-object the old form of vLLM
status 400 body={"object":"error","message":"boom","type":"BadRequestError","param":null,"code":400}
! 65 invalid_request boom

## B3-html a page, status 502
status 502 body="<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"
! 69 unavailable Bad Gateway

## B3-html200 a page, status 200
body "<!DOCTYPE html><html><head><title>Welcome to nginx!</title></head><body>hi</body></html>"
! 76 protocol Welcome to nginx

## B3-text plain words
status 400 body="no healthy upstream"
! 65 invalid_request no healthy upstream

## B3-none nothing
status 500 body=""
! 69 unavailable 500

## B3-odd a report of an unknown shape
status 400 body={"success":false,"why":{"x":1}}
! 65 invalid_request success

## B4 the code is a word
event {"error":{"message":"boom","code":"server_error"}}
! 69 unavailable boom

## B4-digits the code is digits
event {"error":{"message":"slow down","code":"429"}}
! 75 rate_limit slow down

## B5 an error of status 200 as a document
body {"error":{"message":"boom","code":503}}
! 75 overloaded boom

## B5-string the same, a string, and no choices
body {"error":"Model unloaded"}
! 69 unavailable Model unloaded

## B6 a stream without any delta
event {"choices":[]} stream role=none finish=none usage=none
! 75 cut empty

## B7 a model that is loading
status 503 type=unavailable_error message="Loading model"
! 75 overloaded Loading model

## B8 the same in other words
status 503 body={"error":"Model m is currently loading","estimated_time":20.0}
! 75 overloaded currently loading

## B9 too many requests
status 429 retry-after=1 message="Rate limit reached"
! 75 rate_limit Rate limit

## B10 overloaded, status 429
status 429 message="Model is overloaded" type=overloaded
! 75 rate_limit overloaded

## B10-424 a failure while generating
status 424 body={"error":"Request failed during generation: boom","error_type":"generation"}
! 75 temporary boom

## B10-529 overloaded, status 529
status 529 body={"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}
! 75 overloaded Overloaded

## B11 too many tokens a minute is no overflow
status 400 body={"message":"ThrottlingException: Too many tokens, please wait before trying again."}
! 75 rate_limit Too many tokens

## B15 a bad request that no repair is known for
status 400 message="temperature must be at most 2"
! 65 invalid_request at most 2

## B16 a server without resources
text "a b" finish insufficient_system_resource
! 75 overloaded insufficient

## B17 the window is full, as a reason
text "a b" finish model_context_window_exceeded
! 65 context_overflow window

## B15-image what a text model is not for, called a fault of the server
status 500 message="image input is not supported - hint: if this is unexpected, you may need to provide the mmproj" type=server_error
! 65 invalid_request not supported

## over-batch llama.cpp, of texts for vectors
status 500 message="input (3001 tokens) is too large to process. increase the physical batch size (current batch size: 2048)" type=server_error
! 65 context_overflow too large

## over-llama llama.cpp
status 400 body={"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}
! 65 context_overflow exceeds the available

## over-vllm vLLM
status 400 body={"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion). Please reduce the length of the messages or completion.","type":"BadRequestError","code":400}
! 65 context_overflow 4096

## over-stream an overflow reported within the stream
event {"error":{"code":400,"message":"Requested tokens (9) exceed context window of 4","type":"invalid_request_error"}}
! 65 context_overflow exceed

## over-lmstudio LM Studio, status 200
event {"error":"The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 5000>= n_ctx: 4096). Try to load the model with a larger context length, or provide a shorter input"}
! 65 context_overflow n_keep

## hopeless a request that cannot be read, called an error of the server
status 500 body={"error":{"code":500,"message":"Failed to parse tool call arguments as JSON","type":"server_error"}}
! 65 invalid_request Failed to parse

## no-model the path or the model is not there
status 404 body={"error":{"message":"model 'm' not found","type":"not_found_error"}}
! 78 config not found

## secret the key is repeated in the complaint
$ --stream --key-env TESTKEY
status 401 message="Incorrect API key provided: sk-1234567890abcdefgh"
! 77 auth Incorrect API key provided: [^s]
TABLE
done_testing
