#!/bin/sh
# agent-gate batch --cache: what is taken from earlier runs, what never is, and
# that it stays sound and small.
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
C=$XDG_CACHE_HOME/agent/batch
cat >script <<'EOT'
set embeddings 4
when contains "BROKEN" lacks "mended" status 400 message="no"
when contains "LATER" repeat 1 status 500 message="not now"
when contains "LONG" tokens 15000
when contains "SLOW" delay 300ms text "slow {last}"
default text "answer {n} to {last}"
EOT
modeld_start script
export AGENT_MODEL_URL="$URL"
asked() { jq -s 'map(select(.method == "POST")) | length' "$MODELD_LOG"; }
# req ID TEXT [MORE]: a line; MORE is put into its body
req() {
	jq -nc --arg i "$1" --arg q "$2" "{custom_id: \$i, body: ({model: \"m\", temperature: 0,
	    messages: [{role: \"user\", content: \$q}]} + ${3:-{\}})}"
}
kept() { ls "$C" 2>/dev/null | wc -l | tr -d ' '; }
# run WANT-ASKED WANT-CACHED NAME OPTION...: of the file in, results in out
run() {
	_a=$1 _c=$2 _n=$3 _before=$(asked); shift 3
	agent-gate batch --retries 0 "$@" in >out 2>"$ERR"
	is "$(($(asked) - _before)) $(tail -n 1 "$ERR" | jq .cached) $(grep -c '"cached":true' out)" "$_a $_c $_c" "$_n"
}

# ---- what is taken
{ req a one; req b two; req c three; } >in
run 3 0 'without --cache'
is "$(kept)" 0 'nothing is kept'
run 3 0 'the first run' --cache
cp out first
is "$(kept) $(stat -c %a "$C") $(stat -c %a "$C"/* | sort -u)" '3 700 600' 'all are kept, for the user alone'
{ req x two; req y one; } >in
run 0 2 'the same requests under other names' --cache
body() { jq -cS "select(.custom_id == \"$2\").response.body" "$1"; }
is "$(body out x)$(body out y)" "$(body first b)$(body first a)" 'have the same answers'
is "$(head -n 1 out | jq -c '[keys_unsorted, .error, .response.status_code, .response.request_id]')" \
    '[["id","custom_id","cached","response","error"],null,200,null]' 'the line says so'
json_is "$(tail -n 1 "$ERR" | jq -c '{ok, requests, input_tokens, output_tokens}')" \
    '{"ok":2,"requests":0,"input_tokens":0,"output_tokens":0}' 'and they cost nothing'
run 2 0 'without --cache they are asked'
req a one '{max_tokens: 7}' >in; run 1 0 'another body' --cache
req a one '{model: "n"}' >in; run 1 0 'another model' --cache
req a one >in; run 1 0 'another path of the server' --cache --url "$URL?x=1"
echo '{"role":"user","content":"hi"}' >in
run 1 0 'a conversation' --cache -m m --temperature 0
run 0 1 'once more' --cache -m m --temperature 0
run 1 0 'with a temperature' --cache -m m --temperature 0.5
printf '%s\n' '{"body":{"model":"e","input":"x"}}' >in
run 1 0 'vectors' --cache; run 0 1 'which are what they are' --cache

# ---- what is not
n=$(kept)
{ req a s1 '{temperature: 0.7}'; req b s2 'null | {model: "m", messages: []}'; } >in
req b s2 | jq -c 'del(.body.temperature)' >more; head -n 1 in >in2; cat in2 more >in
run 2 0 'what is sampled' --cache; run 2 0 'is asked again' --cache
is "$(kept)" "$n" 'and not kept'
run 2 0 'but when that is wanted' --cache --cache-sampled
run 0 2 'it stays what it was' --cache --cache-sampled
status_is 2 agent-gate batch --cache-sampled in
status_is 2 agent-gate batch --cache-max 9 in
n=$(kept)
{ req a BROKEN; req b LATER; } >in
run 2 0 'errors' --cache
is "$(kept)" "$n" 'are not kept'
run 2 0 'and asked again' --cache
is "$(kept)" $((n + 1)) 'what came then is kept'
req a one | jq -c 'del(.body.model)' >in
run 1 0 'a model that the server names' --cache; run 0 1 'is one' --cache
agent-gate batch --offline --cache in >out 2>"$ERR"
is "$? $(grep -c cached.:true out)" '0 0' 'the offline model needs none'
req a one >in
rm -rf "$C"; run 1 0 'gone' --cache; run 0 1 'and there again' --cache
f=$(echo "$C"/*)
for damage in 'truncate -s 20' 'truncate -s 0' 'truncate -s 0 --no-create'; do
	$damage "$f"; truncate -s 300 "$f"
	run 1 0 "one that is damaged: $damage" --cache
done
run 0 1 'is mended' --cache
XDG_CACHE_HOME=/dev/null status_is 73 agent-gate batch --cache in
like "$(cat "$ERR")" '^agent-gate: --cache: ' 'one line says why'

# ---- with results in a file, several at once, killed
for i in $(seq 16); do req "r$i" "q $i"; done >in
ok 'into a file' agent-gate batch -q --cache -o results in
jq -c 'select(.custom_id == "r7")' results >seven
grep -v '"r7"' results >cut; mv cut results
n=$(asked)
ok 'what is missing there' agent-gate batch -q --cache -o results in
is "$(($(asked) - n)) $(wc -l <results) $(grep -c cached results)" '0 16 1' 'is taken'
for i in $(seq 16); do req "r$i" "together $i"; done >in
for k in 1 2 3 4; do agent-gate batch -q -j 4 --cache in >"at$k" 2>&1 & pids="${pids:-} $!"; done
for p in $pids; do wait "$p" || fail 'several at once' "$(cat at?)"; done
is "$(cat at? | jq -r 'select(.error == null).custom_id' | wc -l) $(ls -A "$C" | grep -c tmp)" '64 0' 'several at once'
for i in $(seq 30); do req "r$i" "SLOW $i"; done >in
: >killed
agent-gate batch -q -j 3 --cache in >killed 2>&1 &
for _ in $(seq 500); do [ "$(wc -l <killed)" -lt 4 ] || break; sleep 0.02; done
kill -9 $!; { wait $!; } 2>/dev/null
n=$(grep -c response killed)
agent-gate batch -j 30 --cache in >out 2>"$ERR"
ok 'what a run has got that was killed is there' test "$(tail -n 1 "$ERR" | jq .cached)" -ge "$n"

# ---- not too much
rm -rf "$C"
for i in $(seq 14); do req "r$i" "LONG $i"; done >in
run 14 0 'long answers' --cache --cache-max 1
ok 'take no more than they may' test "$(du -sk "$C" | cut -f 1)" -le 1100
ok 'but something' test "$(kept)" -ge 1
status_is 2 agent-gate batch --cache --cache-max 0 in
modeld_stop
modeld_start 'when path=/v1/models status 404 message="none"
default text hi'
export AGENT_MODEL_URL="$URL"
req a one | jq -c 'del(.body.model)' >in
run 1 0 'whatever it has' --cache; run 1 0 'may be another one by now' --cache
req a one '{model: ""}' >in
run 1 0 'so may one whose name is empty' --cache; run 1 0 'each time' --cache
modeld_stop
no_children_left
done_testing
