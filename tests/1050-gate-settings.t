#!/bin/sh
# Settings of agent-gate and their origins; where the key goes, and where not.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
mkdir -p "$XDG_CONFIG_HOME/agent"
conf() { printf '%s\n' "$1" >"$XDG_CONFIG_HOME/agent/config.json"; }
shown() { agent-gate --show-config "$@" | sed -n "s/^$1  *//p"; }
sent() { jq -r 'select(.path | endswith("completions")).headers.authorization // "none"' \
    "$MODELD_LOG" | tail -n 1; }
body() { agent-gate --dry-run "$@" <talk; }
K=sk-0123456789abcdef

# ---- precedence and origin
conf '{"model":"from-file","temperature":0.5,"max_tokens":"7"}'
show() { agent-gate --show-config "$@" | grep '^model  '; }
like "$(show)" 'from-file  \[user\]' 'the file'
like "$(AGENT_MODEL=e show)" 'e  \[environment\]' 'the environment'
like "$(AGENT_MODEL=e show -m f)" 'f  \[flag\]' 'the option'
like "$(AGENT_MODEL='' show)" 'from-file' 'an empty variable is none'
json_is "$(body)" '{"model":"from-file","temperature":0.5,"max_tokens":7,
    "messages":[{"role":"user","content":"Hello."}]}' 'in the request'
json_is "$(body -m x --stream --temperature 0 --max-tokens 3)" \
    '{"model":"x","temperature":0,"max_tokens":3,"messages":
    [{"role":"user","content":"Hello."}],"stream":true,
    "stream_options":{"include_usage":true}}' 'options, streamed'
conf '{"model":'
status_is 78 sh -c 'agent-gate --offline <talk'
conf '{"retries":"many"}'
status_is 78 sh -c 'agent-gate --offline <talk'
conf '{}'

# ---- URLs
url() { agent-gate --show-config --url "$1" | sed -n 's/^model_url *\([^ ]*\).*/\1/p'; }
while read -r got want; do
	is "$(url "$got")" "$want" "URL $got"
done <<'EOT'
http://h:1 http://h:1/v1
http://h:1/ http://h:1/v1
http://h:1/v1 http://h:1/v1
http://h:1/v1/ http://h:1/v1
http://h:1/v1/chat/completions http://h:1/v1
https://h/api/openai/ https://h/api/openai
localhost:8080 http://localhost:8080/v1
HTTPS://h/v1 https://h/v1
http://h/v1?api-version=2 http://h/v1?api-version=2
http://[::1]:8080 http://[::1]:8080/v1
EOT
for u in ftp://h 'http://user:pw@h/' 'http://' 'http://a b/'; do
	status_is 78 agent-gate --show-config --url "$u"
	unlike "$(cat "$ERR")" pw 'no password is shown'
done

# ---- where the key goes
modeld_start 'set key sk-0123456789abcdef
default text hi'
export AGENT_MODEL=m
auth() {	# auth WANT NAME OPTION...: the key arrives, or does not
	_w=$1 _n=$2; shift 2
	agent-gate --retries 0 "$@" <talk >got 2>err
	st=$?
	if [ "$_w" = yes ]; then
		is $st 0 "$_n: sent"
	else
		is $st 77 "$_n: not sent"
		is "$(sent)" none "$_n: not at all"
	fi
	unlike "$(cat got err)" 0123456789 "$_n: not shown"
}
AGENT_MODEL_API_KEY=$K AGENT_MODEL_URL=$URL auth yes 'both in the environment'
AGENT_MODEL_API_KEY=$K auth yes 'URL by option' --url "$URL"
conf "{\"model_url\":\"$URL\"}"
AGENT_MODEL_API_KEY=$K auth no 'URL in a file, key in the environment'
like "$(cat err)" 'less trusted' 'it says why'
conf "{\"model_url\":\"$URL\",\"model_api_key\":\"$K\"}"
auth yes 'both in a file'
AGENT_MODEL_URL=$URL auth yes 'URL in the environment, key in a file'
conf '{}'
OPENAI_BASE_URL=$URL OPENAI_API_KEY=$K auth yes 'the pair'
OPENAI_API_KEY=$K AGENT_MODEL_URL=$URL auth no 'half of the pair'
OPENAI_BASE_URL=http://127.0.0.1:1 OPENAI_API_KEY=$K AGENT_MODEL_URL=$URL \
    auth no 'the pair, for another server'
OPENAI_BASE_URL=http://127.0.0.1:1 OPENAI_API_KEY=$K AGENT_MODEL_URL=$URL \
    AGENT_MODEL_API_KEY=$K auth yes 'our own variables go first'
port=${URL##*:} port=${port%/v1}
AGENT_MODEL_API_KEY=$K AGENT_DISCOVER=$port agent-gate --retries 0 <talk >got 2>err
is "$(jq -r '.headers.authorization // empty' "$MODELD_LOG" | sort | uniq -c |
    wc -l)" 1 'never to a server that was found'
printf '%s\n' $K >key; chmod 600 key
auth yes 'a file for the key' --key-file key --url "$URL"
MY=$K auth yes 'a variable of another name' --key-env MY --url "$URL"
chmod 644 key
status_is 78 agent-gate --show-config --key-file key
like "$(cat "$ERR")" 'chmod 600' 'what to do about it'
status_is 78 agent-gate --show-config --key-file none
status_is 78 agent-gate --show-config --key-env NONE
chmod 600 key
AGENT_MODEL_API_KEY_FILE=$PWD/key auth yes 'a file that a variable names' --url "$URL"
conf "{\"model_url\":\"$URL\"}"
AGENT_MODEL_API_KEY_FILE=$PWD/key auth no 'URL in a file, file in the environment'
conf "{\"model_url\":\"$URL\",\"model_api_key_file\":\"$PWD/key\"}"
auth yes 'both in a file, the key in another'
AGENT_MODEL_API_KEY=wrong AGENT_MODEL_API_KEY_FILE=$PWD/key \
    ok 'of two in one place' agent-gate --show-config
like "$(cat "$OUT")" 'model_api_key .*environment: AGENT_MODEL_API_KEY\]' 'the key counts'
for f in key "$PWD/none"; do
	AGENT_MODEL_API_KEY_FILE=$f status_is 78 agent-gate --show-config
	is "$(wc -l <"$ERR")" 1 "a file for the key: $(cat "$ERR")"
done
echo "AGENT_MODEL_API_KEY_FILE=$PWD/key" >.env
ok 'a project that is trusted' agent-tool trust --yes
conf '{}'
AGENT_MODEL_URL=$URL ok 'has no say in it' agent-gate --show-config
like "$(cat "$OUT")" 'model_api_key +\(unset\)' 'for it could name a file of the user'
rm .env
conf "{\"model_url\":\"$URL\",\"model_api_key\":\"$K\"}"
chmod 644 "$XDG_CONFIG_HOME/agent/config.json"
auth yes 'a file of settings with a key'
like "$(cat err)" 'config.json: it holds a key, and others may read it; try chmod 600' 'that others may read'
conf '{}'
: >empty; chmod 600 empty
status_is 78 agent-gate --show-config --key-file empty
printf 'sk-one\nX-Header: two\n' >two; chmod 600 two
status_is 78 agent-gate --show-config --key-file two
AGENT_MODEL_API_KEY=$K ok '--show-config' agent-gate --show-config
like "$(cat "$OUT")" 'model_api_key +\(set\)' 'says that there is one'
unlike "$(cat "$OUT" "$ERR")" 0123456789 'not which'
AGENT_MODEL_API_KEY=$K ok '--dry-run' sh -c 'agent-gate --dry-run <talk'
unlike "$(cat "$OUT")" 0123456789 'nor in the body'
unlike "$(jq -r '.body | tostring' "$MODELD_LOG")" 0123456789 'nor in a body sent'
modeld_stop
modeld_start 'default status 400 message="bad key sk-0123456789abcdef given"'
AGENT_MODEL_API_KEY=$K agent-gate --url "$URL" <talk >got 2>err
unlike "$(cat err)" 0123456789 'nor when the server says it'
AGENT_MODEL_API_KEY=$K agent-gate --stream --url "$URL" <talk >got 2>err
unlike "$(cat got err)" 0123456789 'nor in an event'
modeld_stop
if grep -qa __asan_init "$BUILD/bin/agent-gate"; then
	skip 'sanitizers look into the process' 'no core is dumped'
else
	modeld_start 'default text x delay 3s'
	AGENT_MODEL_API_KEY=$K agent-gate --url "$URL" <talk >got 2>err &
	pid=$!
	sleep 0.5
	like "$(grep core "/proc/$pid/limits")" ' 0 +0 ' 'no core is dumped'
	kill $pid
	wait $pid 2>wait
fi
done_testing
