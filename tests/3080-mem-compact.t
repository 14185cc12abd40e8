#!/bin/sh
# agent-mem compact makes a talk fit its budget, the cheapest loss first; no
# call loses its result, what it reads stays as it was, and a talk that cannot
# fit or is malformed is said to be.
. "$(dirname "$0")/lib.sh"

# A talk that reads one file over and over, each time with another text.
jq -nc '
def call($id; $name; $path): {role: "assistant", content: null, tool_calls: [{id: $id,
    type: "function", function: {name: $name, arguments: ({$path} | tojson)}}]};
def result($id; $n): {role: "tool", tool_call_id: $id,
    content: ([range(60) | "line \(.) of reading \($n)"] | join("\n"))};
{role: "system", content: "Be brief."}, {role: "user", content: "What changes in a.c?"},
(range(8) | "c\(.)" as $id | call($id; "read_file"; "a.c"),
    if . == 2 then result($id; .) + {agent: {artifact: "/art/two.txt"}}
    else result($id; .) end),
{role: "assistant", content: "Nothing."}, {role: "user", content: "Look once more."},
call("last"; "read_file"; "b.c"), result("last"; 9)' >talk.jsonl
cp talk.jsonl before.jsonl
compact() { agent-mem compact "$@"; }
# The calls and the results, each by its id, in their order.
calls() { jq -r '.tool_calls[]?.id' "$1" | xargs; }
results() { jq -r 'select(.role == "tool") | .tool_call_id' "$1" | xargs; }
paired() { is "$(results "$1")" "$(calls "$1")" "$2: every call has its result"; }
reading() { jq -r --arg id "$1" 'select(.tool_call_id == $id) | .content' "$2"; }

# ---- tiers
ok 'a talk that fits' compact --budget 100000 talk.jsonl
is "$(jq -c . "$OUT")" "$(cat talk.jsonl)" 'stays as it is'
like "$(cat "$ERR")" 'tokens, now .*; tier none' 'which is told'
ok 'one that reads a file again and again' compact --budget 2500 talk.jsonl
cp "$OUT" old.jsonl
like "$(cat "$ERR")" '[0-9]+ tokens, now [0-9]+; tier old' 'loses old readings'
is "$(calls old.jsonl)" 'c0 c1 c2 c3 c4 c5 c6 c7 last' 'and no call'
paired old.jsonl old
like "$(reading c0 old.jsonl)" '^\[[0-9]+ bytes left out: the same call was made again later\]$' \
    'an old reading is a stub'
like "$(reading c2 old.jsonl)" 'again later; all of it: /art/two.txt\]$' 'that names its artifact'
for id in c7 last; do
	is "$(reading $id old.jsonl)" "$(reading $id talk.jsonl)" "the latest reading, $id, is whole"
done
ok 'the same once more' compact --budget 2500 talk.jsonl
_if "$(cmp -s "$OUT" old.jsonl; echo $?)" 'gives the same bytes' "$(cat "$OUT")"
ok 'as a filter' sh -c 'agent-mem compact -q --budget 2500 <talk.jsonl'
_if "$(cmp -s "$OUT" old.jsonl; echo $?)" 'gives them as well' "$(cat "$OUT")"
is "$(cat "$ERR")" '' 'and says nothing when quiet'
ok 'what is short already' compact --budget 2500 old.jsonl
_if "$(cmp -s "$OUT" old.jsonl; echo $?)" 'does not become shorter' "$(cat "$OUT")"
ok 'a small budget' compact --budget 800 talk.jsonl
cp "$OUT" small.jsonl
like "$(cat "$ERR")" 'tier (drop|hard)$' 'takes steps away'
paired small.jsonl small
for s in 'Be brief.' 'What changes in a.c?' 'Look once more.'; do
	like "$(jq -r .content small.jsonl)" "$s" "'$s' stays"
done

# ---- a budget that cannot be kept
status_is 3 compact --budget 20 talk.jsonl
like "$(cat "$ERR")" '--budget 20: the shortest that was allowed has about [0-9]+ tokens$' 'is told'
paired "$OUT" 'far too small'
like "$(jq -r .content "$OUT")" 'Look once more' 'the shortest is written'
status_is 3 compact --tier old --budget 800 talk.jsonl
like "$(cat "$ERR")" 'try --tier hard' 'a tier is not gone beyond'
is "$(jq -c . "$OUT")" "$(cat old.jsonl)" 'and does what it may'

# ---- artifacts
ok 'with a folder' compact --budget 2500 --artifacts kept/here talk.jsonl
cp "$OUT" kept.jsonl
path=$(reading c1 kept.jsonl | sed -n 's/.*all of it: \(.*\)\]$/\1/p')
is "$(cat "$path")" "$(reading c1 talk.jsonl)" 'the whole of what was cut is there'
is "$(stat -c %a "$path")" 600 'for the owner alone'
is "$(jq -r 'select(.tool_call_id == "c1") | .agent.artifact' kept.jsonl)" "$path" 'and is named'
is "$(find kept -type f | wc -l)" 6 'what has an artifact is not kept again'
touch plain
must_fail compact --budget 2500 --artifacts plain talk.jsonl
like "$(cat "$ERR")" '--artifacts: .*plain' 'a folder that is none'
is "$(cat "$OUT")" '' 'nothing is written then'

# ---- events
jq -c '{type: "message", id: "m\(input_line_number)", session_id: "s", seq: input_line_number} + .' \
    talk.jsonl >messages
{
	echo '{"type":"session","schema":"agent-events/1","session_id":"s","seq":0}'
	cat messages
	echo '{"type":"usage","input_tokens":5}'
	echo '{"type":"message","id":"u","role":"user","content":"Never mind."}'
	echo '{"type":"undo","to":"'"$(tail -n 1 messages | jq -r .id)"'"}'
} >events.jsonl
ok 'a session' compact --budget 2500 events.jsonl
is "$(jq -c '{role, content, tool_call_id}' "$OUT")" \
    "$(jq -c '{role, content, tool_call_id}' old.jsonl)" 'is its messages, without what was undone'
is "$(jq -r .type "$OUT" | sort -u)" message 'as events'

# Of a long session with as many compactions as there are steps: what each of
# them said, in a time that grows as the session does.
awk 'function role(k) { return k % 2 ? "assistant" : "user" } BEGIN {
	print "{\"type\":\"message\",\"id\":\"u0\",\"role\":\"user\",\"content\":\"begin\"}"
	for (i = 1; i <= 12000; i++) {
		printf "{\"type\":\"message\",\"id\":\"a%d\",\"role\":\"%s\",\"content\":\"said %d\"}\n", i, role(i), i
		if (i % 4) continue
		s = i > 100 ? i - 99 : 1
		printf "{\"type\":\"compaction\",\"gone\":[\"a%d\"],\"short\":[{\"id\":\"a%d\",\"role\":\"%s\",\"content\":\"short %d\"}]}\n",
		    i / 4, s, role(s), i
	}
}' >many.jsonl
ok 'thousands of compactions' compact --budget 9000000 many.jsonl
is "$(jq -r .id "$OUT" | sed -n '2p;$p' | xargs)" 'a3001 a12000' 'what is gone is gone'
is "$(grep -c '"content":"short' "$OUT")" 2226 'and what is short is short'

# ---- wrong input
ok 'nothing' sh -c 'agent-mem compact --budget 9 </dev/null'
is "$(cat "$OUT")" '' 'stays nothing'
bad() {	# bad LINE REASON
	{ head -n 2 talk.jsonl; printf '%s\n' "$1"; } >bad.jsonl
	status_is 65 agent-mem compact --budget 2500 bad.jsonl
	like "$(cat "$ERR")" "^agent-mem: bad.jsonl line 3: $2" "$2"
	is "$(cat "$OUT")" '' 'nothing is written'
}
bad '{"role":"user","content":' 'not JSON: the text ends too early'
bad '[1,2]' 'neither a message nor an event'
bad '{"role":"alien","content":"x"}' 'role: expected'
bad '{"role":"tool","content":"x"}' 'tool_call_id'
status_is 2 compact talk.jsonl
like "$(cat "$ERR")" 'as in --budget 8000' 'no budget'
status_is 2 compact --budget few talk.jsonl
status_is 2 compact --budget 9 --tier deep talk.jsonl
like "$(cat "$ERR")" "'deep' is none of old, shrink, drop" 'no tier'
status_is 2 compact --budget 9 talk.jsonl old.jsonl
status_is 66 compact --budget 9 absent.jsonl
must_fail compact --budget 9 .
# A writer that never writes: standard input is not looked at.
mkfifo idle
exec 4<>idle
ok 'a file beside an idle input' sh -c 'agent-mem compact --budget 2500 talk.jsonl <&4'
exec 4>&-

_if "$(cmp -s talk.jsonl before.jsonl; echo $?)" 'the talk is as it was' 'it was changed'
_if "$([ ! -e "$XDG_DATA_HOME/agent" ]; echo $?)" 'no file of memories was made' "$(find "$HOME")"
done_testing
