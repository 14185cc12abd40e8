#!/bin/sh
# agent-gate count: an estimate that servers' own counts correct, and that
# shows a server which cuts a talk silently.
. "$(dirname "$0")/lib.sh"
export AGENT_STATE="$PWD/state"
one() { printf '{"role":"user","content":"%s"}\n' "$1"; }
count() { agent-gate count "$@"; }
# n words, each a token of its own.
words() { jq -nr --argjson n "$1" '[range($n) | "word"] | join(" ")'; }

# What is counted.
one Hello >talk
run() { "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
ok 'a word and its marks' test "$(count <talk)" = 6
one "$(words 1000)" >big
n=$(count <big)
ok "a thousand words ($n)" test "$n" -ge 900 -a "$n" -le 1100
ok 'nothing is kept of it' test ! -e state
jq -c '.content = (.content | explode | map([.] | if . == [119] then "\u0077"
    else implode end) | join(""))' big >same
is "$(count <same)" "$n" 'whatever the escapes'
cat big big >two
ok 'twice is twice' test "$(count <two)" = $((2 * n))
{ cat big; echo '{"type":"notice","text":"no message"}'; } >mixed
is "$(count <mixed)" "$n" 'events do not count'
jq -c '. + {agent: {note: .content}}' big >ours
is "$(count <ours)" "$n" 'nor what is ours'
jq -nc '{role: "user", content: [{type: "text", text: "Hello"}, {type:
    "image_url", image_url: {url: ("data:image/png;base64," + "A" * 300000)}}]}' \
    >picture
is "$(count <picture)" 806 'a picture is a picture'
cat >calls <<'EOT'
{"role":"user","content":"Hello"}
{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]}
{"role":"tool","tool_call_id":"a","content":"Hello"}
EOT
n2=$(count <calls)
ok "calls and results ($n2)" test "$n2" -gt 30 -a "$n2" -lt 60
agent-tool list >tools
count --json --tools tools <talk >"$OUT"
jq_ok '.messages == 1 and .message_tokens == 6 and .tool_tokens > 400 and
    .tokens == .message_tokens + .tool_tokens and .factor == 1 and
    .samples == 0 and (has("window") | not)' 'the tools beside it' "$OUT"

# The window.
run count --window 7 <talk
is "$STATUS$(cat "$OUT")" 06 'fits'
run count --window 5 --json <talk
is "$STATUS" 65 'fits not: status'
jq_ok '.window == 5 and .left == -1' 'by how much' "$OUT"
like "$(cat "$ERR")" '^agent-gate: about 6 tokens, and the window has 5; try' \
    'said in one line'
run count </dev/null
is "$STATUS" 66 'no talk'
run sh -c 'echo nonsense | agent-gate count'
is "$STATUS" 65 'no JSON'

# What servers count.
cat >script <<'EOT'
when contains "MORE" text "Yes." usage in=1300 out=1
when contains "LESS" text "Yes." usage in=400 out=1
when contains "NONE" text "Yes." usage none
when contains "ODD" text "Yes." usage in=90000 out=1
default text "Yes." usage in=10 out=1
EOT
modeld_start script --brief
ask() { agent-gate --url "$URL" --retries 0 "$@" >"$OUT" 2>"$ERR"; }
factor() { count --json "$@" <talk | jq -c '[.factor, .samples]'; }
one "MORE $(words 1000)" >more
ask -m one <more
is "$(factor -m one | jq '.[0] > 1.2 and .[0] < 1.4 and .[1] == 1')" true \
    'a count corrects the estimate'
is "$(factor -m two)" '[1,0]' 'for that model alone'
n=$(count -m one <more)
ok "which then agrees ($n)" test "$n" -ge 1299 -a "$n" -le 1301
ask -m one <more
is "$(factor -m one | jq '.[0] > 1.2 and .[1] == 2')" true 'and again'
is "$(stat -c %a state/tokens state/tokens/* | tr '\n' ' ')" '700 600 ' \
    'for nobody else to read'
before=$(factor -m one)
one "NONE $(words 1000)" | ask -m one
one "ODD $(words 1000)" | ask -m one
one "Hello" | ask -m one
is "$(factor -m one)" "$before" 'nothing is learned from no, mad or small counts'

# A server that leaves out the front.
one "LESS $(words 1000)" >less
ask -m one --stream <less
like "$(cat "$ERR")" 'read 400 tokens of about 1[23][0-9][0-9]: it may have cut' \
    'a cut is noticed'
is "$(jq -rs 'map(select(.type == "notice").code) | join(" ")' "$OUT")" \
    truncated 'and told as an event'
is "$(tail -n 1 "$OUT" | jq -r .content)" Yes. 'the answer counts all the same'
is "$(factor -m one)" "$before" 'nothing is learned from it'
ask -m one -q <less
is "$(cat "$ERR")" '' 'not a word with -q'

# Files that are not what they should be.
f=$(ls state/tokens/*)
for bad in '' '{' '{"factor":1e9,"samples":3}' '{"factor":"x"}' 'null'; do
	printf '%s' "$bad" >"$f"
	is "$(factor -m one)" '[1,0]' "a file with $bad"
done
rm -r state
mkfifo state
ask -m one <more
is "$(jq -r .content "$OUT")" Yes. 'no state folder: no harm'
is "$(cat "$ERR")" '' 'and no word'
rm state

# The coprocess counts what is new alone, and a reset forgets.
done_with() {
	_n=0
	until grep -q "\"id\":\"$1\"" "$OUT" || [ $((_n += 1)) -gt 400 ]; do
		sleep 0.05
	done
}
{ cat more; echo '{"type":"request","id":"1"}'; done_with 1
  echo '{"type":"reset"}'; cat more; echo '{"type":"request","id":"2"}'
  done_with 2; } |
    agent-gate --coprocess --url "$URL" -m cop >"$OUT"
is "$(factor -m cop | jq '.[0] > 1.2 and .[0] < 1.4 and .[1] == 2')" true \
    'in a coprocess'
# No model named: what answered counts for the unnamed.
ask <more
is "$(factor | jq '.[1]')" 1 'without a name'
done_testing
