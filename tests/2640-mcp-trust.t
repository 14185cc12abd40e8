#!/bin/sh
# Which servers count: the user's, and the project's once they are trusted;
# and what they say of their tools, which is recorded and held to.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/mcp.sh"
project() { jq -nc "{mcpServers: $1}" >.mcp.json; }
names() { agent-tool list --names 2>"$ERR" | grep -c "^$1__"; }

# Of the project.
project "{p: $(program)}"
is "$(names p)" 0 'an untrusted .mcp.json offers nothing'
like "$(cat "$ERR")" '\.mcp\.json: not trusted; see agent-tool trust' 'and says why'
mcp list
is "$STATUS$(cat "$OUT")" 0 'it is not even listed'
mcp test p
like "$LINE" '^77:.*does not count before agent-tool trust' 'nor started by name'
agent-tool trust >"$OUT" 2>&1
like "$(cat "$OUT")" "^ +server p: $MCPD" 'what it would start is shown before'
ok 'it is trusted' agent-tool trust --yes .mcp.json
is "$(names p)" 20 'and offered'
good p__echo '{"text":"hi"}' '^hi$' 'and called'
project "{p: $(program --other)}"
is "$(names p)" 0 'after a change it is not'
like "$(cat "$ERR")" 'changed since it was trusted' 'and says so'
status_is 77 agent-tool call p__echo '{"text":"hi"}'
like "$(cat "$ERR")" 'agent-tool trust --yes .mcp.json' 'with the command to run'
ok 'trusted again' agent-tool trust --yes .mcp.json
is "$(names p)" 20 'it is back'
"$BUILD/libexec/agent/agent-mcp" --project .mcp.json --sum 00 list >"$OUT" 2>"$ERR"
is $? 77 'agent-mcp itself looks at the hash'
rm .mcp.json

# The record: asked once, held to afterwards.
server s
is "$(names s)" 20 'the tools of the user'
mv "$USERS" "$USERS.was"
jq -c '.mcpServers.s.command = "/no/such"' "$USERS.was" >"$USERS"
is "$(names s)" 0 'another entry has another record'
mv "$USERS.was" "$USERS"
cat >"$TRASH/wrap" <<EOT
#!/bin/sh
echo started >>"$TRASH/starts"
exec "$MCPD" \$(cat "$TRASH/flags")
EOT
chmod 755 "$TRASH/wrap"
: >"$TRASH/flags"
servers "{s: {command: \"$TRASH/wrap\"}}"
first=$(agent-tool list)
is "$(agent-tool list)" "$first" 'a second start has the same bytes'
is "$(wc -l <"$TRASH/starts")" 1 'and asked nobody'
agent-tool call read_file '{"path":"x"}' >"$OUT" 2>&1
is "$(wc -l <"$TRASH/starts")" 1 'another tool starts no server'
echo '--other --more' >"$TRASH/flags"
is "$(agent-tool list)" "$first" 'a server that changed its tools changes nothing'
bad DENIED s__echo '{"text":"x"}' 'describes it in another way than when it was recorded' \
    'but the tool that it changed is refused'
like "$TEXT" '1 came, 1 changed and 0 went' 'and the user is told'
good s__env '{}' 'cwd=' 'others work'
mcp test s
like "$LINE" 's__echo +changed:.*s__more +new:' 'test shows what is new'
mcp refresh s
like "$LINE" '^0:s: 21 tools, 1 new, 1 changed, 0 gone' 'refresh takes it'
good s__echo '{"text":"x"}' '^x$' 'then it works'
is "$(names s)" 21 'and the new one is there'
servers "{s: {command: \"$TRASH/wrap\", trust: true}}"
echo '' >"$TRASH/flags"
is "$(names s)" 20 'a server that is trusted in this'
echo '--other --more' >"$TRASH/flags"
good s__echo '{"text":"y"}' '^y$' 'may change'
is "$(names s)" 21 'and is recorded anew by itself'

# The policy.
server s
echo 'ask tool s__*' >policy
agent-tool --policy policy --approval none call s__echo '{"text":"x"}' >"$OUT" 2>"$ERR"
is "$?$(grep -o 'APPROVAL_NEEDED' "$ERR")" 77APPROVAL_NEEDED 'the policy is asked'
echo 'deny read /etc/**' >policy
agent-tool --policy policy call s__env '{"path":"/etc/x"}' >"$OUT" 2>"$ERR"
is "$?$(grep -o 'ERROR .DENIED' "$ERR")" '77ERROR [DENIED' 'about paths in arguments, too'

# Filters, switches, variables.
servers "{s: ($(program) + {includeTools: [\"echo\", \"env\"], excludeTools: [\"env\"]})}"
is "$(agent-tool list --names 2>&1 | grep '^s__')" s__echo 'includeTools and excludeTools'
servers "{s: ($(program) + {disabled: true})}"
is "$(names s)" 0 'disabled'
server s
is "$(AGENT_ENABLE_MCP=0 agent-tool list --names | grep -c '^s__')" 0 'AGENT_ENABLE_MCP=0'
is "$(agent-tool list --names --read-only | grep -c '^s__')" 0 'read-only: not on the word of the server'
is "$(agent-tool list --names --tools s__echo)" s__echo '--tools'
export WORD=hello
servers "{s: ($(program) + {env: {A: \"\${WORD} \${NONE:-none} \$x\"}})}"
good s__env '{}' '^A=hello none \$x$' 'variables of the entry'
servers "{s: ($(program) + {env: {A: \"\${NO_SUCH_VARIABLE}\"}})}"
mcp test s
like "$LINE" '^78:.*env: the variable NO_SUCH_VARIABLE is not set' 'one that is not set is an error'
servers "{s: ($(program) + {tymeout: 1})}"
mcp list
like "$TEXT" 's: tymeout is not known' 'an unknown key is told of'
echo 'no json' >"$USERS"
mcp list
like "$LINE" '^78:.*mcp\.json' 'a file that is none'
status_is 0 agent-tool list --names

# Changing the files.
rm -f "$USERS"
mcp add one -e A=b -- prog --flag 'two words'
json_is "$(jq .mcpServers "$USERS")" '{"one":{"command":"prog","args":["--flag","two words"],"env":{"A":"b"}}}' 'add'
is "$(stat -c %a "$USERS")" 600 'for the user only'
mcp add one -- prog
like "$LINE" '^2:.*already' 'not twice'
mcp add 'a b' -- prog
like "$LINE" '^2:.*a name is made of' 'a name'
mcp add web https://example.org/mcp --header 'X-A: b'
json_is "$(jq .mcpServers.web "$USERS")" '{"url":"https://example.org/mcp","headers":{"X-A":"b"}}' 'add a URL'
for n in $(seq 8); do agent-tool mcp add "many$n" -- prog >"many$n" & done
wait
is "$(jq '.mcpServers | keys | map(select(startswith("many"))) | length' "$USERS")" 8 'eight at once'
for n in $(seq 8); do agent-tool mcp remove "many$n" >"many$n" & done
wait
mcp remove one
is "$STATUS $(jq -c '.mcpServers | keys' "$USERS")" '0 ["web"]' 'remove'
mcp remove one
like "$LINE" '^2:' 'once'
mcp add here --in-project -- prog
json_is "$(jq .mcpServers .mcp.json)" '{"here":{"command":"prog","args":[]}}' 'into the project'
rm .mcp.json
mcp add bad htp://example.org
like "$LINE" '^2:.*expected a URL with http' 'a URL that is none'
mcp test wbe
like "$LINE" '^2:.*no server is called wbe; did you mean web' 'a slip in a name'
mcp list web
like "$LINE" '^2:.*list takes no name' 'too many words'
servers '{}'; mcp list
like "$LINE" '^0:.*there are no MCP servers; see agent-tool mcp add' 'nothing is said, too'
mcp test
like "$LINE" '^2:.*there is no server to test' 'nothing to test'
servers "{good: $(program), bad: {command: \"/no/such\"}}"
agent-tool list --names >"$OUT" 2>&1
mcp list
like "$LINE" 'bad .*failed: bad: start /no/such: No such file.*good .*20 tools' 'what went wrong is listed'
mcp test
like "$LINE" '^1:good: stdio.*bad: start /no/such.*not all servers can be used' 'all are tested'
mcp test --json
is "$(jq -c '[.server, .usable]' "$OUT" | tr '\n' ' ')" '["bad",false] ["good",true] ' 'as JSON'
mcp test good bad
like "$LINE" '^1:' 'or several'
mcp lsit
like "$LINE" '^2:.*did you mean list' 'a slip'
no_children_left
done_testing
