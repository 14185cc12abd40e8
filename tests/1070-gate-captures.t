#!/bin/sh
# agent-gate and what real servers said, byte for byte.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
export AGENT_MODEL=m

# ask FILE [OPTION...]: leaves got, err and $st
ask() {
	_f=$1; shift
	modeld_start "raw $ROOT/tests/data/$_f.res"
	agent-gate --url "$URL" --retries 0 "$@" <talk >got 2>err
	st=$?
	modeld_stop
}
# The text that the events of a capture hold, read by another program.
text_of() {
	tr -d '\r' <"$ROOT/tests/data/$1.res" | sed -n 's/^data: {/{/p' |
	    jq -rj ".choices[]? | select(.index == 0).delta.$2 // empty"
}
for f in llama-server/chat-stream-usage llama-server/chat-stream-nousage \
    llama-server/reasoning-stream llama-server-old/chat-stream \
    llama-server/ctx-exhausted-stream; do
	ask $f --stream
	is $st 0 "$f: complete"
	is "$(tail -n 1 got | jq -rj '.content')" "$(text_of $f content)" "$f: text"
	is "$(tail -n 1 got | jq -rj '.reasoning_content // empty')" \
	    "$(text_of $f reasoning_content)" "$f: reasoning"
	ask $f
	is $st 0 "$f: complete, told at once"
	is "$(jq -rj .content got)" "$(text_of $f content)" "$f: the same text"
done
ask llama-server/chat-stream-usage --stream
jq_ok 'select(.role).agent.usage | .input_tokens > 0 and .output_tokens > 0 and
    .cached_input_tokens > 0' 'usage' got
ask llama-server/ctx-exhausted-stream --stream
jq_ok 'select(.role).agent | .finish_reason == "length" and .cut' \
    'cut by the context' got
ask llama-server/chat-n2-stream --stream
is $st 0 'two choices: one is taken'
is "$(tail -n 1 got | jq -r .content)" \
    "$(text_of llama-server/chat-n2-stream content)" 'the first'
for f in chat chat-length chat-parts reasoning; do
	ask llama-server/$f
	is $st 0 "$f"
	jq_ok '.role == "assistant" and (.content | type) == "string"' "$f" got
done

args_of() {
	tr -d '\r' <"$ROOT/tests/data/llama-server/$1.res" |
	    sed -n 's/^data: {/{/p' | jq -rj '.choices[]? |
	    .delta.tool_calls[]? | select(.index == '"$2"').function.arguments'
}
for f in tool-required-stream tool-text-then-call-stream tool-parallel-stream; do
	ask llama-server/$f --stream
	is $st 0 "$f"
	is "$(tail -n 1 got | jq -rj '.tool_calls[0].function.arguments')" \
	    "$(args_of $f 0)" "$f: arguments as they were written"
	is "$(tail -n 1 got | jq -r .agent.finish_reason)" tool_calls "$f: reason"
done
jq_ok 'select(.role).tool_calls | length > 1 and ([.[].id] | unique | length) ==
    length' 'parallel calls' got
for f in tool-auto-call tool-parallel; do
	ask llama-server/$f
	is $st 0 "$f"
	jq_ok '.tool_calls | length > 0 and all(.function.arguments |
	    fromjson | type == "object")' "$f: calls" got
done
ask llama-server-old/tool-required
jq_ok '.tool_calls | length > 0' 'calls of an old server' got
for f in tool-truncated tool-truncated-stream reasoning-tool-stream; do
	ask llama-server/$f --stream
	is $st 0 "$f"
	jq_ok 'select(.role) | .tool_calls == null and .agent.cut and
	    .agent.finish_reason == "length"' "$f: no call is released" got
done
jq_ok 'select(.role).agent | has("cut_calls") | not' 'no calls at all' got

# refused FILE STATUS WORD
refused() {
	ask "$1" --stream
	is "$st" "$2" "$1: status"
	is "$(wc -l <err)" 1 "$1: one line"
	like "$(cat err)" "$3" "$1: says why"
	jq_ok 'select(.type == "error") | .message != ""' "$1: an event" got
}
refused llama-server/overflow 65 '3030 tokens.*2048'
refused llama-server/overflow-stream 65 'context'
is "$(jq -r .code got)" context_overflow 'its name'
refused llama-server/loading-chat 75 'Loading model'
refused llama-server/auth-wrong 77 '401'
refused llama-server/not-found 78 '404'
refused llama-server/bad-json 65 'parse'
refused llama-server/tool-history-broken-args 65 'arguments'
refused llama-server/cancel-stream 75 'broke off'
refused llama-server/messages-text-stream 75 ''
ask llama-server-old/overflow
is $st 0 'an old server cuts the prompt by itself'

# row 24
# Cut after every byte: never complete before its end, never a half call.
cp "$ROOT/tests/data/llama-server/tool-text-then-call-stream.res" all
size=$(wc -c <all) bad='' n=200
while [ $n -lt "$size" ]; do
	head -c $n all >part.res
	modeld_start "raw $TRASH/part.res"
	agent-gate --url "$URL" --retries 0 --stream <talk >got 2>err
	st=$?
	modeld_stop
	case $st in
	0)	tail -n 1 got | jq -e '.tool_calls | length > 0 and
		    all(.function.arguments | fromjson)' >calls 2>&1 ||
		    bad="$bad $n:call" ;;
	75 | 76) ;;
	*)	bad="$bad $n:$st" ;;
	esac
	n=$((n + 613))
done
is "$bad" '' 'cut anywhere'
done_testing
