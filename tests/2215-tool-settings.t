#!/bin/sh
# The settings of a project, its .env, count while they are what the user
# trusted: behind the environment, before the user's file, never for hosts,
# and the user's key does not go where a project says.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
unset AGENT_ENABLE_PYEXE AGENT_ENABLE_FETCH
mkdir -p "$XDG_CONFIG_HOME/agent"
echo '{"model":"users","temperature":0.5,"model_api_key":"users-own-key-1234"}' >"$XDG_CONFIG_HOME/agent/config.json"
chmod 600 "$XDG_CONFIG_HOME/agent/config.json"
show() { agent-gate --show-config 2>"$ERR" | sed -n "s/^$1  *//p"; }
has() { agent-tool list --names 2>"$ERR" | grep -cx "$1"; }

cat >.env <<'EOT'
# Of the project
export AGENT_MODEL="projects"   # its model
AGENT_ENABLE_SHELL='no'
AGENT_ALLOW_HOST=evil.test
DATABASE_URL=postgres://u:p@h/d
EOT
is "$(show model)" 'users  [user]' 'not trusted, it does not count'
like "$(cat "$ERR")" '\.env: not trusted, so AGENT_MODEL and others are not set; see agent-tool trust' 'and says why'
is "$(has shell)" 1 'nor for agent-tool'
like "$(cat "$ERR")" '\.env: not trusted' 'which says so too'
agent-tool trust --yes .env >"$OUT" 2>&1
is "$(show model)" 'projects  [project]' 'trusted, it does'
is "$(has shell)" 0 'for agent-tool too'
is "$(cat "$ERR")" '' 'without a word'
is "$(AGENT_MODEL=mine show model)" 'mine  [environment]' 'the environment goes before'
is "$(show temperature)" '0.5  [user]' 'what it does not set stays'
is "$(cd / && show model)" 'users  [user]' 'elsewhere it does not count'
is "$(cd / && AGENT_WORKSPACE=$W show model)" 'projects  [project]' 'but by AGENT_WORKSPACE'
is "$(cd / && agent-tool -w "$W" list --names | grep -cx shell)" 0 'and by -w'
unlike "$(AGENT_ENABLE_SHELL=1 agent-tool sandbox -- env)" 'AGENT_MODEL|DATABASE_URL|evil' 'a command sees none of it'

# Whatever changes is off.
echo 'AGENT_TEMPERATURE=9' >>.env
is "$(show model)" 'users  [user]' 'changed, it is off'
like "$(cat "$ERR")" 'changed since it was trusted' 'and says why'
is "$(has shell)" 1 'for agent-tool too'
agent-tool trust --yes >"$OUT" 2>&1
is "$(show temperature)" '9  [project]' 'trusted again'
agent-tool trust --revoke >"$OUT" 2>&1
is "$(show temperature)" '0.5  [user]' 'no longer trusted'
agent-tool trust --yes >"$OUT" 2>&1
mv .env real && ln -s real .env
is "$(show temperature)" '0.5  [user]' 'a link is none'
rm .env && mkfifo .env
ok 'a FIFO is not waited for' timeout 10 agent-gate --show-config
rm .env

# One that says nothing of ours is nobody's business.
echo 'FOO=1' >.env
is "$(show model)$(cat "$ERR")" 'users  [user]' 'no word about a file without our variables'
printf 'AGENT_MODEL=x\nAGENT_TEMPERATURE="1\n' >.env
is "$(show model)" 'users  [user]' 'nor trusted one that is broken'
agent-tool trust --yes >"$OUT" 2>&1
status_is 78 agent-gate --show-config
like "$(cat "$ERR")" "^agent-gate: $W/\.env: line 2: a quote without its end\$" 'a broken one that is trusted is told, with its line'
echo 'AGENT_MAX_TOKENS=many' >.env; agent-tool trust --yes >"$OUT" 2>&1
status_is 78 agent-gate --show-config

# Keys: each with its own place.
modeld_start 'default text "Hello."'
q='{"role":"user","content":"hi"}'
heard() { jq -rs '[.[] | select(.method == "POST")][-1].headers.authorization // "none"' "$MODELD_LOG"; }
echo "AGENT_MODEL_URL=$URL" >.env; agent-tool trust --yes >"$OUT" 2>&1
echo "$q" | agent-gate >"$OUT" 2>"$ERR"
is "$(heard)" none 'the key of the user does not go to a URL of the project'
printf 'AGENT_MODEL_URL=%s\nAGENT_MODEL_API_KEY=projects-key-5678\n' "$URL" >.env; agent-tool trust --yes >"$OUT" 2>&1
echo "$q" | agent-gate >"$OUT" 2>"$ERR"
is "$(heard)" 'Bearer projects-key-5678' 'its own key does'
echo 'see projects-key-5678' >text
good read_file '{"path":"text"}' 'see .redacted:AGENT_MODEL_API_KEY' 'and no model sees it'
host=${URL#http://} host=${host%/v1}
echo "AGENT_ALLOW_HOST=$host" >.env; agent-tool trust --yes >"$OUT" 2>&1
like "$(agent-tool call fetch "{\"url\":\"$URL/models\"}" 2>&1)" 'ERROR .DENIED' 'it opens no host'
like "$(AGENT_ALLOW_HOST=$host agent-tool call fetch "{\"url\":\"$URL/models\"}" 2>&1)" '200 OK' 'which the environment does'
printf 'AGENT_MODEL_URL=%s\n' "$URL" >.env; agent-tool trust --yes >"$OUT" 2>&1
mkdir "$TRASH/x" && (cd "$TRASH/x" && agent-chat -w "$W" --no-session hi >"$OUT" 2>"$ERR")
like "$(cat "$OUT" "$ERR")" 'Hello' 'agent-chat -w: the settings of that project'
no_children_left
done_testing
