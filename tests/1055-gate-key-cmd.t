#!/bin/sh
# A command that tells the key: when it runs, where the key goes, and what is
# said when it fails.
. "$(dirname "$0")/lib.sh"
echo '{"role":"user","content":"Hello."}' >talk
mkdir -p "$XDG_CONFIG_HOME/agent"
K=sk-0123456789abcdef
conf() { printf '%s\n' "$1" >"$XDG_CONFIG_HOME/agent/config.json"; }
# told COMMAND: both the server and the command stand in the user's file
told() { conf "$(jq -nc --arg u "$URL" --arg c "$1" '{model_url: $u, model_api_key_cmd: $c}')"; }
ran() { cat ran 2>/dev/null | wc -l | tr -d ' '; }
sent() { jq -r 'select(.headers.authorization).headers.authorization' "$MODELD_LOG" | sort -u; }
cat >store <<EOT
#!/bin/sh
echo x >>"$PWD/ran"
env >"$PWD/env"
echo 'the store is open' >&2
printf '%s\\nuser: me\\n' $K
EOT
chmod 755 store
modeld_start "set key $K
set embeddings 4
default text hi"
export AGENT_MODEL=m

# ---- when it runs, and where the key goes
told "$PWD/store"
agent-gate <talk >got 2>err
is "$? $(jq -r 'select(.role == "assistant").content' got) $(ran)" '0 hi 1' 'the first line is the key'
is "$(sent)" "Bearer $K" 'which is sent'
is "$(cat err)" 'the store is open' 'what the command says is shown'
unlike "$(cat got err; ls -lR ~/.local 2>/dev/null)" 0123456789 'the key is not'
unlike "$(cat env)" 0123456789 'nor does a child have it'
rm ran
ok '--show-config' agent-gate --show-config
like "$(cat "$OUT")" 'model_api_key +\(a command tells it\)  \[user: model_api_key_cmd\]$' 'says where it would come from'
ok '--dry-run' sh -c 'agent-gate --dry-run <talk'
ok '--offline' sh -c 'agent-gate --offline <talk'
is "$(ran)" 0 'it does not run when nothing is sent'
conf "{\"model_url\":\"$URL\"}"
AGENT_MODEL_API_KEY_CMD=$PWD/store agent-gate --retries 0 <talk >got 2>err
is "$? $(ran)" '77 0' 'nor when the URL comes from a less trusted place'
like "$(cat err)" 'not sent: the URL comes from a less trusted' 'which is said'
port=${URL##*:} port=${port%/v1}
AGENT_MODEL_API_KEY_CMD=$PWD/store AGENT_DISCOVER=$port agent-gate --retries 0 <talk >got 2>err
is "$(ran)" 0 'nor for a server that was found'
conf '{}'
printf 'AGENT_MODEL_URL=%s\nAGENT_MODEL_API_KEY_CMD=%s/store\n' "$URL" "$PWD" >.env
ok 'a project that is trusted' agent-tool trust --yes
agent-gate --retries 0 <talk >got 2>err
is "$? $(ran)" '77 0' 'has no say in it'
rm .env

# ---- of several
show() { agent-gate --show-config | sed -n 's/^model_api_key  *//p'; }
echo "$K" >key && chmod 600 key
conf "{\"model_api_key_cmd\":\"false\",\"model_api_key_file\":\"$PWD/key\"}"
like "$(show)" 'user: model_api_key_file\]' 'a file in the same place goes first'
conf '{"model_api_key_cmd":"false","model_api_key":"x"}'
like "$(show)" 'user: model_api_key\]' 'so does a key'
like "$(AGENT_MODEL_API_KEY_CMD=true show)" 'environment: AGENT_MODEL_API_KEY_CMD\]' 'an earlier place counts more'
like "$(AGENT_MODEL_API_KEY_CMD=true AGENT_MODEL_API_KEY=y show)" 'environment: AGENT_MODEL_API_KEY\]' 'and the key in it'

# ---- once, whoever asks
told "$PWD/store"
mkfifo to
agent-gate --coprocess <to >got 2>err &
exec 8>to
for i in 1 2 3; do
	printf '{"role":"user","content":"%s"}\n{"type":"request"}\n' $i >&8
	for _ in $(seq 500); do [ "$(grep -c '"done"' got)" -lt $i ] || break; sleep 0.02; done
done
exec 8>&-
wait $!
is "$(jq -s 'map(select(.role == "assistant")) | length' got) $(ran)" '3 1' 'a coprocess asks once'
rm ran
for i in 1 2 3; do printf '{"id":"%s","messages":[{"role":"user","content":"%s"}]}\n' $i $i; done >lines
agent-gate batch <lines >got 2>err
is "$(jq -s 'map(select(.response.status_code == 200)) | length' got) $(ran)" '3 1' 'a batch, too'
rm ran
printf 'a\nb\n' | agent-gate embed --batch 1 >got 2>err
is "$(wc -l <got) $(ran)" '2 1' 'and embed'
rm ran
ok 'models' agent-gate models
is "$(ran)" 1 'once'
rm ran
. "$ROOT/tests/serve.sh"
serve_start
for i in 1 2; do
	post /chat/completions '{"messages":[{"role":"user","content":"x"}]}'
	is "$CODE $(ran)" '200 1' 'a server has it for all'
done
serve_stop
rm ran
agent-chat -nq --no-tools hello >got 2>err
is "$? $(cat got) $(ran)" '0 hi 1' 'a conversation'
unlike "$(cat got err; cat ~/.local/state/agent/*/*/* 2>/dev/null)" 0123456789 'which does not keep it'
is "$(sent)" "Bearer $K" 'always that key'

# ---- on a terminal it may ask there
told 'printf "word: " >/dev/tty; read -r x </dev/tty && echo "$x"'
"$STUB/pty" -o got "expect word:
send $K\r" sh -c 'agent-gate <talk' >screen 2>"$ERR"
is "$? $(jq -r 'select(.role == "assistant").content' got)" '0 hi' 'where we are in the foreground'

"$STUB/pty" '' agent-chat -nq --no-tools hello >screen 2>"$ERR"
like "$? $(cat screen)" '^77 .*model_api_key_cmd: it ended with status' 'and not where nobody could answer'

# ---- what goes wrong
fails() {	# fails STATUS COMMAND LINE
	told "$2"
	agent-gate --retries 0 <talk >got 2>err
	is $? "$1" "$2"
	like "$(cat err)" "^agent-gate: model_api_key_cmd: $3" 'one line says why'
	is "$(cat got; sed 1d err)" '' 'and no more'
}
fails 77 'exit 4' 'it ended with status 4; try it in a shell'
fails 78 'echo' 'its first line is empty'
fails 78 'echo two words' 'the key holds blanks or control characters'
fails 78 'yes' 'it printed more than 64 KiB'
told 'echo ">locked" >&2; exit 4'
agent-gate <talk >got 2>err
is "$(head -n 1 err)" '>locked' 'its own words come before'
told 'kill -INT $PPID; exec sleep 100'
agent-gate <talk >got 2>err
is $? 130 'who is interrupted does not wait for it'
told 'kill -TERM $PPID; exec sleep 100'
(agent-gate serve -l 127.0.0.1:0 >got 2>err) 2>"$ERR"
is "$? $(cat got)" '143 ' 'nor does a server, which ends by the signal'
modeld_stop
no_children_left
done_testing
