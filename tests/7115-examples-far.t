#!/bin/sh
# The examples that work on many requests and on other hosts, by Slurm, ssh,
# xargs and GNU parallel, and for other clients, do what their headers say.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
examples=$ROOT/share/examples
export AGENT_MODEL=test-model
serve() { modeld_start "$@" && export AGENT_MODEL_URL="$URL"; }
asked() { jq -s 'map(select(.turn)) | length' "$MODELD_LOG"; }

# ---- array.slurm, as Slurm would start it
serve 'default text "ok"'
jq -nc 'range(20) | {custom_id: "r\(.)", messages: [{role: "user",
    content: "q"}]}' >requests
mkdir bin && printf '#!/bin/sh\necho "$@" >>"%s"\n' "$TRASH/queue" >bin/scontrol
chmod +x bin/scontrol
task() {
	SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_ID=$1 \
	    AGENT_LEDGER=on PATH="$PWD/bin:$PATH" "$examples/array.slurm" requests results
}
export HOME=/nonexistent
for i in 3 1 2; do task $i >"$OUT" 2>"$ERR" || fail "task $i" "$(cat "$ERR")"; done
HOME=$TRASH/home
is "$(cat results/*.jsonl | jq -r .custom_id | sort -u | wc -l) $(asked)" '20 20' \
    'the tasks share the requests'
is "$(ls results/state.?/ledger.db | wc -l | xargs)" 3 'and keep their books beside the results'
modeld_stop
serve 'default text "late" delay 400ms'
rm -r results
SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_ID=1 \
    PATH="$PWD/bin:$PATH" "$examples/array.slurm" requests results \
    >"$OUT" 2>"$ERR" &
job=$!
for _ in $(seq 600); do [ ! -s results/1.jsonl ] || break; sleep 0.05; done
kill -TERM $job
wait $job
is "$? $(cat queue)" '75 requeue 7_1' 'near its end, a task queues itself again'
[ "$(wc -l <results/1.jsonl)" -lt 20 ]; _if $? 'with some left' ''
modeld_stop
serve 'default text "ok"'
ok 'the next run' sh -c 'PATH=$PWD/bin:$PATH SLURM_ARRAY_JOB_ID=7 \
    SLURM_ARRAY_TASK_COUNT=1 SLURM_ARRAY_TASK_ID=1 exec "$1" requests results' \
    sh "$examples/array.slurm"
is "$(jq -r .custom_id results/1.jsonl | sort -u | wc -l)" 20 'ends the work'

# ---- remote-tools.sh, by an ssh that stays here
cat >bin/ssh <<'END'
#!/bin/sh
case $1 in -n) shift; exec </dev/null ;; esac
echo "$1" >>"$SSH_LOG"
cd / && exec env -u AGENT_MODEL_URL sh -c "$2"
END
chmod +x bin/ssh && mkdir "it's far" && echo 'buy tea' >"it's far/notes.txt"
export SSH_LOG="$TRASH/hosts"
modeld_stop
serve 'set strict
expect "Read my notes" call read_file {"path":"notes.txt"}
expect-last "buy tea" text "You want tea."'
remote() { PATH=$PWD/bin:$PATH "$examples/remote-tools.sh" "$@"; }
ok 'remote-tools.sh' remote build1 "$TRASH/it's far" Read my notes
is "$(cat "$OUT")" 'You want tea.' 'prints the answer'
is "$(sort -u hosts | tr '\n' ' ')" 'build1 ' 'the tools ran there'
modeld_ok
rm bin/ssh && printf '#!/bin/sh\nexit 255\n' >bin/ssh && chmod +x bin/ssh
remote build1 / Read >"$OUT" 2>"$ERR"
is $? 255 'a host that is away is told by the status'

# ---- many-prompts.sh (7120 has it at work): nothing has to be in a home
modeld_stop
serve 'default text "answer to {last}"'
mkdir texts && printf one >texts/1.txt
ok 'many-prompts.sh' env -i PATH="$PATH" HOME=/nonexistent \
    AGENT_MODEL_URL="$URL" "$examples/many-prompts.sh" xargs texts
is "$(cat texts/1.answer)" 'answer to one' 'needs no home'
mkdir -p other/texts && echo x >other/texts/x.txt
CDPATH=$PWD/other ok 'again' "$examples/many-prompts.sh" xargs texts
is "$(jq -s 'map(select(.turn)) | length' "$MODELD_LOG")" 1 'asks nothing again'
status_is 2 "$examples/many-prompts.sh" xargs

# On other hosts, by an ssh that stays here, in a home that has nothing.
if command -v parallel >which && command -v rsync >which; then
	cat >bin/ssh <<'END'
#!/bin/sh
while :; do
	case $1 in
	-l | -p | -o) shift 2 ;;
	-*) shift ;;
	*) break ;;
	esac
done
echo "$1" >>"$SSH_LOG"; shift
[ "$1" != -- ] || shift
cd "$FAR" && [ ! -e "$FAR.away" ] &&
    exec env -i PATH="$PATH" HOME="$FAR" SHELL=/bin/sh sh -c "$*"
END
	: >hosts
	mkdir there far && FAR=$TRASH/there && export FAR
	for i in 1 2 3; do printf "it's %d" $i >far/q$i.txt; done
	touch there.away
	PATH=$PWD/bin:$PATH must_fail \
	    "$examples/many-prompts.sh" parallel far 2 -S h1,h2
	rm there.away
	PATH=$PWD/bin:$PATH ok 'parallel on other hosts' \
	    "$examples/many-prompts.sh" parallel far 2 -S h1,h2
	is "$(cat far/q3.answer) $(sort -u hosts | tr '\n' ' ')" \
	    "answer to it's 3 h1 h2 " 'they answer'
	is "$(find there -type f)" '' 'and keep nothing'
else
	skip 'no parallel or rsync here' 'parallel on other hosts'
fi

# ---- with-gate.sh: a client with nothing but the usual two variables
modeld_stop
serve 'default text "answer to {last}"'
ok 'with-gate.sh' "$examples/with-gate.sh" sh -c '
    curl -sS -d "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}" \
    -H "Authorization: Bearer $OPENAI_API_KEY" \
    -H "Content-Type: application/json" "$OPENAI_BASE_URL/chat/completions"'
is "$(jq -r '.choices[0].message.content' "$OUT")" 'answer to q' 'curl is answered'
ok 'without the token' "$examples/with-gate.sh" sh -c '
    curl -sS -o body -w "%{http_code}" "$OPENAI_BASE_URL/models"'
is "$(cat "$OUT")" 401 'nobody gets in'
status_is 7 "$examples/with-gate.sh" sh -c 'exit 7'
GATE=--no-such status_is 2 "$examples/with-gate.sh" true
no_children_left
done_testing
