#!/bin/sh
# Where the policy says ask, the parent of a coprocess is asked and its answer
# holds; without one to ask it is no; and what is denied stays denied.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
export AGENT_FIXED_IDS=p
echo secret=1 >.env
echo plain >a
mkdir -p "$XDG_CONFIG_HOME/agent"

# nobody to ask
call read_file '{"path":".env"}'
is $STATUS 77 'ask with nobody to ask: status 77'
like "$TEXT" 'APPROVAL_NEEDED.*\.env: it holds secrets.*default:[0-9]+\)' \
    'which says what is asked, why, and the rule with file and line'
call --yes read_file '{"path":".env"}'
is "$STATUS $(cat "$ERR")" '0 ' '--yes allows it'
call --yes shell '{"command":"rm -fr /"}'
is $STATUS 77 '--yes does not allow what is denied'
like "$TEXT" 'DENIED.*rm -fr /: it would remove everything' 'and it says why'
msg "$(tc read_file '{"path":".env"}')" | agent-tool run >got
is "$(jq -r '.type // .agent.code' got | tr '\n' ' ')" \
    'permission.request permission.reply APPROVAL_NEEDED ' 'run writes both events'
sed -n 2p got >second
jq_ok '.decision == "deny" and .by == "nobody"' 'the answer is nobody'"'"'s' second
is "$(sh "$ROOT/tests/conform.sh" \
    'protocol.schema.json#/$defs/out' got)" '' 'the lines conform'

# a parent that answers: drive SCRIPT, with ask/tell over the coprocess
mkfifo in out
begin() {
	agent-tool run --coprocess --approval=protocol <in >out 2>err & P=$!
	exec 3>in 4<out
	read -r ready <&4
}
next() { read -r line <&4; printf '%s\n' "$line" >"$OUT"; }
say() { printf '%s\n' "$1" >&3; }
end() { exec 3>&-; cat <&4 >rest; exec 4<&-; wait $P; }
reply() { say '{"type":"permission.reply","id":"'"$1"'",'"$2"'}'; }

begin
like "$ready" '"approval":"protocol"' 'ready says that the parent is asked'
msg "$(tc read_file '{"path":"a"}')" "$(tc shell '{"command":"cat .env"}' c2)" \
    "$(tc read_file '{"path":"a"}' c3)" >&3
next; jq_ok '.tool_call_id == "c1"' 'what is before it is answered first'
next
jq_ok '.type == "permission.request" and .id == "p-1" and .call_id == "c2" and
    .tool == "shell" and .arguments.command == "cat .env" and .kind == "read" and
    (.what | endswith("/.env")) and .line > 0 and (.rule | startswith("ask")) and
    .always == "allow exact shell {\"command\":\"cat .env\"}"' 'the question'
reply p-9 '"decision":"allow"'
reply p-1 '"decision":"perhaps"'
next; jq_ok '.type == "error" and .code == "data"' 'an answer without sense'
reply p-1 '"decision":"allow"'
next; jq_ok '.type == "permission.reply" and .decision == "allow" and
    .by == "user"' 'the answer as an event'
next; jq_ok '.content | startswith("secret=1")' 'allow: it runs'
next; jq_ok '.tool_call_id == "c3"' 'and what is behind it'
next; jq_ok '.type == "done"' 'done'

msg "$(tc shell '{"command":"cat .env"}')" >&3
next; jq_ok '.id == "p-2"' 'allowed once means asked again'
reply p-2 '"decision":"deny","reason":"use .env.example\u001b[2J"'
next; jq_ok '.decision == "deny"' 'no'
next; jq_ok '.agent.code == "REFUSED_BY_USER" and (.content |
    contains("use .env.example\\x1b[2J"))' 'no, with the user'"'"'s words'
next

msg "$(tc shell '{"command":"cat .env"}')" >&3; next
reply p-3 '"decision":"allow","arguments":{"command":7}'
next; jq_ok '.type == "error" and (.message | contains("command"))' \
    'changed arguments have to fit the schema'
reply p-3 '"decision":"allow","arguments":{"command":"echo instead"}'
next; jq_ok '.arguments.command == "echo instead"' 'the event has them'
next; jq_ok '.content | startswith("[the user changed the arguments to {\"command\":\"echo instead\"}]\ninstead\n")' \
    'changed arguments run, and the model is told'
next
msg "$(tc shell '{"command":"cat .env"}')" >&3; next
reply p-4 '"decision":"allow","arguments":{"command":"rm -rf /"}'
next; next; jq_ok '.agent.code == "DENIED"' 'changed to what is denied: denied'
next

msg "$(tc shell '{"command":"cat .env"}')" >&3; next
reply p-5 '"decision":"allow_always"'
next; jq_ok '.scope == "session" and (.rule | startswith("allow exact"))' 'always'
next; next
msg "$(tc shell '{"command":"cat .env","timeout":9}')" >&3
next; jq_ok '.agent.status == "completed"' 'always: not asked again'
next
msg "$(tc shell '{"command":"cat ./.env"}')" >&3
next; jq_ok '.id == "p-6"' 'but another call is'
say '{"type":"cancel"}'
next; jq_ok '.decision == "deny" and .by == "cancel"' 'cancel ends the question'
next; jq_ok '.agent.status == "cancelled"' 'and the call'
next
[ ! -e "$XDG_CONFIG_HOME/agent/policy" ]; _if $? 'nothing was written' "$(ls)"
msg "$(tc read_file '{"path":".env"}')" >&3; next
reply p-7 '"decision":"allow_always","scope":"user"'; next; next; next
end
is "$(cat "$XDG_CONFIG_HOME/agent/policy")" \
    'allow exact read_file {"path":".env"}' 'scope user: a rule of the user'
call read_file '{"path":".env"}'
is $STATUS 0 'which holds in the next run'
begin; msg "$(tc shell '{"command":"cat .env"}')" >&3; next; end
is "$(jq -r .by rest; cat err)" cancel 'the end of the input while asking: it leaves'
call --policy=none read_file '{}'
is $STATUS 78 'a policy that is not there: status 78'
status_is 2 agent-tool call --approval=protocol read_file '{}'
no_children_left
done_testing
