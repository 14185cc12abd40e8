#!/bin/sh
# Tools of a project run when the user has looked at them, and only then;
# beginning, checking and testing one.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
export HOME="$TRASH/home" XDG_DATA_HOME="$TRASH/home/data"
has() { agent-tool list --names 2>"$ERR" | grep -cx "$1"; }

status_is 0 agent-tool trust
is "$(cat "$OUT")" '' 'nothing needs trust'
status_is 0 agent-tool new lines.sh
like "$(cat "$OUT")" '^next: agent-tool trust' 'it says what to do next'
is "$(has lines)" 0 'a new tool of the project does not run'
like "$(cat "$ERR")" '.agents/tools/lines.sh: not trusted; see agent-tool trust' 'and says why'
status_is 1 agent-tool trust
like "$(cat "$OUT")" '^new +[0-9a-f]{12} .agents/tools/lines.sh$' 'it is shown'
status_is 0 agent-tool trust --yes
is "$(has lines)" 1 'trusted, it runs'
for n in $(seq 8); do cp .agents/tools/lines.sh ".agents/tools/many$n.sh"; done
for n in $(seq 8); do agent-tool trust --yes ".agents/tools/many$n.sh" >"many$n" 2>&1 & done
wait
is "$(agent-tool trust | grep -c '^trusted.*many')" 8 'eight are trusted at once'
rm .agents/tools/many* many* && agent-tool trust --yes >"$OUT"
is "$(stat -c %a "$AGENT_STATE"/projects/*/trust.json)" 600 'the record is the user'\''s'
status_is 0 agent-tool lint lines
ok 'its own test' agent-tool test lines
is "$(cat "$OUT")" '1..1
ok 1 - lines lines.json' 'passes, as TAP'
call lines '{"text":"one two","words":true}'
is "$TEXT" 2 'and it works'
status_is 2 agent-tool new lines.sh
status_is 0 agent-tool new --dir elsewhere lines2.py
status_is 73 agent-tool new --dir elsewhere lines2.py
rm -r elsewhere
status_is 2 agent-tool new shell.sh
status_is 2 agent-tool new ../x.sh
status_is 2 agent-tool new noend
status_is 66 agent-tool test nothing

# Whatever changes is off.
echo '# more' >>.agents/tools/lines.sh
is "$(has lines)" 0 'changed, it does not run'
like "$(cat "$ERR")" 'changed since it was trusted' 'and says why'
status_is 1 agent-tool trust
like "$(cat "$OUT")" '^changed ' 'shown as changed'
status_is 0 agent-tool trust --yes .agents/tools/lines.sh
is "$(has lines)" 1 'trusted again'
echo '{}' >.agents/tools/lines.tool.json
is "$(has lines)" 0 'a file beside it counts, too'
rm .agents/tools/lines.tool.json
status_is 0 agent-tool trust --revoke
is "$(has lines)" 0 'no longer trusted'
status_is 66 agent-tool trust --yes no/such
echo KEY=1 >.env
echo '{"mcpServers":{}}' >.mcp.json
mkdir -p .agents/skills/a
echo x >.agents/skills/a/SKILL.md
status_is 1 agent-tool trust --json
is "$(jq -r .path "$OUT" | sort | tr '\n' ' ')" \
    '.agents/skills/a/SKILL.md .agents/tools/lines.sh .agents/tools/lines.tests/lines.json .env .mcp.json ' \
    'skills, servers and settings as well'
status_is 1 agent-tool trust --json .agents/skills .env
is "$(jq -r .path "$OUT" | tr '\n' ' ')" '.agents/skills/a/SKILL.md .env ' 'those that are named'
status_is 66 agent-tool trust no/such
agent-tool trust --yes .env >"$OUT" 2>&1
is "$(agent-tool trust 2>/dev/null | grep -c ^trusted)" 1 'one of them'
rm .env
like "$(agent-tool trust 2>/dev/null)" '^gone +.env$' 'one that is gone'

# Files as large as they come, up to limits that are told.
cp .agents/tools/lines.sh .agents/tools/big.sh
truncate -s 20M .agents/tools/big.sh
agent-tool trust --yes .agents/tools/big.sh >"$OUT" 2>&1
is "$(has big)" 1 'a tool of 20 MiB can be trusted'
is "$(agent-tool trust --json .agents/tools/big.sh | jq -r .sha256)" "$(sha256sum <.agents/tools/big.sh | cut -d ' ' -f 1)" 'by its sum'
printf x | dd of=.agents/tools/big.sh bs=1 seek=20000000 conv=notrunc 2>/dev/null
is "$(has big)" 0 'and not when a byte far behind is another'
truncate -s 257M .agents/tools/big.sh
is "$(has big)" 0 'a larger one does not count'
like "$(cat "$ERR")" 'tools/big.sh: larger than 256 MiB; see agent-tool trust' 'which is said'
status_is 1 agent-tool trust --yes .agents/tools/big.sh
like "$(cat "$OUT")" '^unseen +.agents/tools/big.sh \(larger than 256 MiB\)$' 'nor can it be trusted'
rm .agents/tools/big.sh
if strace -o t true 2>/dev/null; then
	looked() { env $LEAKLESS strace -f -o t -e trace=openat agent-tool list --names >"$OUT" 2>&1; grep -c 'blob.bin' t; }
	head -c 3000000 /dev/zero >.agents/tools/blob.bin
	is "$(looked)" 0 'what nobody trusts is not read at a start'
	agent-tool trust --yes .agents/tools/blob.bin >"$OUT" 2>&1
	is "$(looked)" 1 'but what is trusted, once'
	rm -f .agents/tools/blob.bin t
fi
printf 'AGENT_MODEL=m\n' >.env
agent-tool trust --yes .env >"$OUT" 2>&1
truncate -s 257K .env
like "$(agent-tool trust .env 2>&1)" '\.env \(larger than 256 KiB\)' 'settings have a smaller one'
like "$(agent-gate --show-config 2>&1 </dev/null)" '\.env: changed since it was trusted, so AGENT_MODEL is not set' 'and do not count then'
rm .env
truncate -s 2M .mcp.json
like "$(agent-tool trust .mcp.json 2>&1)" '\.mcp\.json \(larger than 1 MiB\)' 'so have servers'
echo '{"mcpServers":{}}' >.mcp.json

# A model cannot trust, nor write what is trusted.
agent-tool trust --yes >/dev/null 2>&1
call write_file '{"path":".agents/tools/lines.sh","content":"#!/bin/sh\n"}'
is "$STATUS" 77 'write_file does not reach it'
call shell '{"command":"echo >>.agents/tools/lines.sh"}'
is "$(has lines)" 1 'nor does a command'
# A link in place of a tool is none.
mv .agents/tools/lines.sh real.sh
ln -s ../../real.sh .agents/tools/lines.sh
is "$(has lines)" 0 'a link is no tool'
rm .agents/tools/lines.sh
mv real.sh .agents/tools/lines.sh
# A damaged record trusts nothing.
f=$(ls "$AGENT_STATE"/projects/*/trust.json)
echo '{' >"$f"
is "$(has lines)" 0 'a damaged record trusts nothing'
status_is 65 agent-tool trust
like "$(cat "$ERR")" 'trust.json: damaged; remove it' 'and is told'
rm "$f"

# The other languages.
if command -v python3 >/dev/null; then
	ok 'python' agent-tool new pyl.py
	agent-tool trust --yes >/dev/null 2>&1
	ok 'its test' agent-tool test pyl
else
	skip 'no python3' 'a tool in Python'
fi
if command -v cc >/dev/null; then
	ok 'C' agent-tool new cl.c
	cc -o .agents/tools/cl .agents/tools/cl.c -ljq
	agent-tool trust --yes >/dev/null 2>&1
	ok 'its test' agent-tool test cl
else
	skip 'no cc' 'a tool in C'
fi

# Tests that fail say how.
mkdir -p "$XDG_DATA_HOME/agent/tools"
cp .agents/tools/lines.sh "$XDG_DATA_HOME/agent/tools/mine.sh"
D=$XDG_DATA_HOME/agent/tools/mine.tests
mkdir "$D"
echo '{"input":{"text":"a"},"contains":"5"}' >"$D/a.json"
echo '{"input":{"text":"a"},"jq":".text | nonsense"}' >"$D/b.json"
echo '{"input":{"text":"a"},"exit":1}' >"$D/c.json"
echo '{"input":{},"exit":65,"jq":".is_error"}' >"$D/d.json"
echo '{"input":{"text":"a"},"equals":1}' >"$D/e.json"
echo '[]' >"$D/f.json"
status_is 1 agent-tool test mine
is "$(grep -c '^not ok' "$OUT")$(grep -c '^ok' "$OUT")" 51 'five fail, one does not'
like "$(cat "$OUT")" 'does not contain "5"' 'by its text'
like "$(cat "$OUT")" 'exit 0, expected 1' 'by its status'
like "$(cat "$OUT")" 'nonsense' 'by a program of jq'
done_testing
