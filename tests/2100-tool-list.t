#!/bin/sh
# agent-tool list: schemas that servers take, the same bytes every time, and
# few of them; and the command line in general.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"

ok 'list' agent-tool list
jq_ok 'type == "array" and length == 7' 'an array of seven'
jq_ok 'all(.[]; .type == "function" and (.function.description | length > 9)
    and .function.parameters.type == "object"
    and (.function.parameters | has("additionalProperties") | not))' 'of functions, in few words'
jq_ok '[.[].function.name] == ([.[].function.name] | sort)' 'in order of name'
cp "$OUT" "$TRASH/one"
ok 'list again' agent-tool list
cmp -s "$OUT" "$TRASH/one"; is $? 0 'the same bytes'
is "$(($(wc -c <"$OUT") < 4200))" 1 'under 4200 bytes, about 1,100 tokens'
AGENT_ENABLE_PYEXE=1 AGENT_ENABLE_FETCH=1 AGENT_ENABLE_DATA_VIEW=1 AGENT_ENABLE_MEMORY=1 AGENT_ENABLE_PLAN=1 agent-tool list >tools
n=$(echo '{"role":"user","content":""}' | agent-gate count --json --tools tools |
    jq .tool_tokens)
is "$((n < 1200))" 1 "all there are take less than 1,200 tokens ($n)"
is "$(wc -l <"$OUT")" 1 'on one line'
ok 'list --event' agent-tool list --event
jq_ok '.type == "tools" and (.tools | length) == 7' 'is an event of tools'
ok 'list --mcp' agent-tool list --mcp
jq_ok 'all(.[]; .name and .description and .inputSchema.type == "object"
    and (.annotations.readOnlyHint | type) == "boolean"
    and .inputSchema.additionalProperties == false)' 'MCP tool objects'
ok 'list --names' agent-tool list --names
is "$(tr '\n' ' ' <"$OUT")" \
    'edit_file list_files promote_skill read_file search_files shell write_file ' 'the names'

is "$(agent-tool --read-only list --names | tr '\n' ' ')" \
    'list_files read_file search_files ' '--read-only'
is "$(agent-tool list --tools=shell,read_file --names | tr '\n' ' ')" \
    'read_file shell ' '--tools'
is "$(AGENT_ENABLE_SHELL=0 agent-tool list --names | grep -c shell)" 0 \
    'AGENT_ENABLE_SHELL=0'
is "$(AGENT_ENABLE_FILES=no AGENT_ENABLE_TOOLS=0 agent-tool list --names)" shell \
    'AGENT_ENABLE_FILES=no'
AGENT_ENABLE_SHELL=maybe status_is 78 agent-tool list
status_is 2 agent-tool --tools=bash list
like "$(cat "$ERR")" 'did you mean shell' 'a name of another agent is known'
status_is 2 agent-tool
status_is 2 agent-tool lst
like "$(cat "$ERR")" 'did you mean list' 'a slip of the hand is known'
status_is 2 agent-tool list extra
status_is 2 agent-tool --nonsense list
status_is 2 agent-tool --timeout 601s list
status_is 2 agent-tool call
status_is 2 agent-tool call no_such '{}'
status_is 66 agent-tool -w "$TRASH/none" list
status_is 0 agent-tool --help
like "$(head -n 4 "$OUT" | grep -c agent-tool)" 3 'help leads with examples'
status_is 0 agent-tool --version
sh -c 'agent-tool list >/dev/full' 2>"$ERR"; is $? 74 'a full disk is told'
done_testing
