#!/bin/sh
# Skills: shell and C by manifest; a conversation that goes on has them at
# once, whoever promoted them.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
export AGENT_ENABLE_TOOLS=1
names() { agent-tool list --names 2>"$ERR" | grep -v '_file\|^shell$\|^promote_skill$\|^job_status$' | tr '\n' ' '; }
m='{"description":"Add one.","inputSchema":{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"],"additionalProperties":false}'

# ---- shell, with a schema beside it
mkdir bin
printf '#!/bin/sh\njq .x+1\n' >bin/inc.sh && chmod +x bin/inc.sh
printf '%s,"name":"inc"}' "$m" >bin/inc.tool.json
good promote_skill '{"path":"bin/inc.sh"}' '^inc is a tool now, from bin/inc.sh' 'a shell script'
printf '#!/bin/sh\necho evil\n' >bin/inc.sh
call inc '{"x":41}'
is "$STATUS$TEXT" 042 'is a tool, as it was then'
bad INVALID_ARGUMENTS inc '{"x":"y"}' 'x: expected integer' 'its arguments are checked'
s=$(echo "$AGENT_STATE"/projects/*/skills)
is "$(ls -A "$s" | tr '\n' ' ')" 'inc inc.tool.json ' 'nothing else is left there'
echo '#' >>"$s/inc"
is "$(names)" '' 'changed: no tool'
ok 'demoted' agent-tool demote inc
# ---- by comments at its head, and by its own answer
printf '#!/bin/sh\n# @describe Say it.\n# @option --word!  What\nprintf "<%%s>" "$@"\n' >say.sh && chmod +x say.sh
good promote_skill '{"path":"say.sh","name":"speak"}' '^speak is a tool now' 'by comments, with another name'
call speak '{"word":"a b"}'
is "$STATUS$TEXT" '0<--word><a b>' 'it gets options'
printf '#!/bin/sh\n[ "$1" != --schema ] || { echo %s; exit; }\ncat\n' "'$m,\"name\":\"echo1\"}'" >echo1 && chmod +x echo1
good promote_skill '{"path":"echo1"}' '^echo1 is a tool now' 'by its answer to --schema'
call echo1 '{"x":1}'
is "$TEXT" '{"x":1}' 'and called'
agent-tool demote speak >"$OUT"; agent-tool demote echo1 >"$OUT"
# ---- C
if command -v cc >/dev/null; then
	printf '#include <stdio.h>\nint main(void){int x;return scanf("{\\"x\\":%%d",&x)!=1||printf("%%d\\n",x+1)<0;}\n' >inc2.c
	cc -o inc2 inc2.c
	printf '%s,"name":"inc2"}' "$m" >inc2.tool.json
	good promote_skill '{"path":"inc2"}' '^inc2 is a tool now' 'a C program'
	call inc2 '{"x":41}'
	is "$STATUS$TEXT" 042 'runs'
	bad INVALID_ARGUMENTS promote_skill '{"path":"inc2.c"}' 'neither Python nor executable' 'its source does not'
	agent-tool demote inc2 >"$OUT"
fi
printf '#!/bin/sh\n' >plain && chmod +x plain
bad INVALID_ARGUMENTS promote_skill '{"path":"plain"}' 'nothing says what it takes' 'no schema'
printf '{"name":"other","description":"D"}' >plain.tool.json
bad INVALID_ARGUMENTS promote_skill '{"path":"plain"}' 'name' 'a schema of another'
is "$(ls -A "$s")" '' 'nothing of them is kept'

# ---- by hand
cp echo1 "$TRASH/echo1"
ok 'promote, from anywhere' agent-tool promote --name mine "$TRASH/echo1"
is "$(names)" 'mine ' 'is listed'
ok 'lint' agent-tool lint mine
AGENT_ENABLE_TOOLS=0 names >"$OUT"
is "$(cat "$OUT")" '' 'AGENT_ENABLE_TOOLS=0'
ok 'demote' agent-tool demote mine
status_is 65 agent-tool promote plain
like "$(cat "$ERR")" 'promote: plain cannot become a tool' 'why not'
status_is 66 agent-tool promote nope
status_is 2 agent-tool promote
status_is 2 agent-tool demote

# ---- a conversation that goes on
mkfifo in
agent-tool run --coprocess <in >got 2>"$ERR" &
pid=$!
exec 9>in
msg "$(tc promote_skill '{"path":"echo1"}' p1)" >&9
dones 1
msg "$(tc echo1 '{"x":7}' p2)" >&9
dones 2
ok 'promoted by another process' agent-tool promote say.sh
msg "$(tc say '{"word":"hi"}' p3)" >&9
dones 3
ok 'and taken back' agent-tool demote say
msg "$(tc say '{"word":"hi"}' p4)" >&9
dones 4
exec 9>&-
wait $pid
is "$(jq -r 'select(.tool_call_id == "p2").content' got)" '{"x":7}' 'a tool at once'
is "$(jq -r 'select(.tool_call_id == "p3").content' got)" '<--word><hi>' 'also of others'
like "$(jq -r 'select(.tool_call_id == "p4").content' got)" "there is no tool 'say'" 'until it is taken back'
is "$(jq -c 'select(.type == "tools") | [.tools[].function.name | select(. == "say" or . == "echo1")]' got | tr '\n' ' ')" \
    '["echo1"] ["echo1","say"] ["echo1"] ' 'the parent is told'
# ---- the model is offered it in the next request
modeld_start 'when n=1 call promote_skill {"path":"say.sh"}
when n=2 call say {"word":"from the model"}
default text "done"'
AGENT_MODEL_URL=$URL AGENT_MODEL=test agent-chat -q -p go </dev/null >"$OUT" 2>"$ERR"
is $? 0 'a model that makes itself a tool'
is "$(jq -c 'select(.method == "POST") | [.body.tools[].function.name | select(. == "say")]' "$MODELD_LOG" | tr '\n' ' ')" \
    '[] ["say"] ["say"] ' 'is offered it from the next request on'
like "$(jq -r 'select(.method == "POST") | .body.messages[-1].content' "$MODELD_LOG")" '<--word><from the model>' 'and calls it'
done_testing
