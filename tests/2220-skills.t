#!/bin/sh
# Skills: a Python function of the workspace becomes a tool that is checked
# without running it, whose examples hold, and that stays what it was.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
[ -x /usr/bin/python3 ] || [ -x /usr/local/bin/python3 ] || skip_all 'no python3'
export AGENT_ENABLE_TOOLS=1
promote() { call promote_skill "$(jq -nc --arg p "$1" "{path: \$p} + ${2:-{\}}")"; }
names() { agent-tool list --names 2>"$ERR" | grep -v '_file\|^shell$\|^promote_skill$\|^job_status$' | tr '\n' ' '; }
skills() { ls "$AGENT_STATE"/projects/*/skills 2>/dev/null | tr '\n' ' '; }

# ---- the first of all
cat >rsi.py <<'EOT'
def calculate_rsi(prices: list[float], period: int = 14):
    """Relative strength index of a series of prices.

    Args:
        prices: closing prices, oldest first
        period: how many changes are averaged

    >>> calculate_rsi([1, 2, 3, 4], period=3)
    100.0
    >>> round(calculate_rsi([1.0, 2.0, 1.5, 3.0]), 2)
    83.33
    """
    gains = losses = 0.0
    for a, b in list(zip(prices, prices[1:]))[-period:]:
        gains += max(b - a, 0)
        losses += max(a - b, 0)
    return 100.0 if losses == 0 else 100 - 100 / (1 + gains / losses)

EOT
promote rsi.py
is "$STATUS$TEXT" '0calculate_rsi is a tool now, from rsi.py.
Its parameters: prices, period.
All 2 examples of its docstring hold.' 'calculate_rsi is promoted'
is "$(names)" 'calculate_rsi ' 'and listed'
agent-tool list --tools calculate_rsi >"$OUT"
jq_ok '.[0].function | .description == "Relative strength index of a series of prices." and
    .parameters == {type: "object", properties: {
    prices: {type: "array", items: {type: "number"}, description: "closing prices, oldest first"},
    period: {type: "integer", description: "how many changes are averaged", default: 14}},
    required: ["prices"], additionalProperties: false}' 'its schema'
call calculate_rsi '{"prices":[1,2,1.5,3]}'
is "$STATUS$TEXT" 083.33333333333333 'and called'
bad INVALID_ARGUMENTS calculate_rsi '{"prices":[1,"x"]}' 'prices' 'arguments are checked'
bad INVALID_ARGUMENTS calculate_rsi '{}' 'prices: required' 'all of them'
bad INVALID_ARGUMENTS calculate_rsi '{"prices":[1],"perod":3}' 'perod' 'and no others'
is "$(skills)" 'calculate_rsi calculate_rsi.py calculate_rsi.tool.json ' 'its files'
cmp -s rsi.py "$AGENT_STATE"/projects/*/skills/calculate_rsi.py; is $? 0 'the source is untouched'
s=$(echo "$AGENT_STATE"/projects/*/skills)
jq_ok '._meta.agent.skill | .kind == "python" and .version == 1 and .examples == 2 and
    .from == "rsi.py" and (.sha256 | length) == 64' 'and where it is from' "$s/calculate_rsi.tool.json"
echo 'x = (' >rsi.py
call calculate_rsi '{"prices":[1,2,1.5,3]}'
is "$STATUS" 0 'the file of the workspace is not asked any more'

# ---- it stays what it was
cp "$s/calculate_rsi.py" kept.py
echo '# changed' >>"$s/calculate_rsi.py"
is "$(names)" '' 'a source that changed is no tool'
like "$(cat "$ERR")" 'calculate_rsi: changed since it was promoted' 'and says so'
cp kept.py "$s/calculate_rsi.py"
cp "$s/calculate_rsi" launcher
echo 'echo hello' >>"$s/calculate_rsi"
is "$(names)" '' 'nor is one with another launcher'
cp launcher "$s/calculate_rsi"
is "$(names)" 'calculate_rsi ' 'as it was it is'
chmod g+w "$s/calculate_rsi" && chmod g-w "$s/calculate_rsi"
call shell "{\"command\":\"echo x >>$s/calculate_rsi.py; ls $s\"}"
is "$(cksum <"$s/calculate_rsi.py")" "$(cksum <kept.py)" 'no tool can write there'
promote kept.py
jq_ok '._meta.agent.skill.version == 2' 'promoted again: the next version' "$s/calculate_rsi.tool.json"
is "$(agent-tool demote calculate_rsi)" 'calculate_rsi is a tool no more.' 'demote'
is "$(names)$(skills)" '' 'and it is gone'
status_is 66 agent-tool demote calculate_rsi
like "$(cat "$ERR")" 'no skill is called calculate_rsi' 'a second time'
status_is 2 agent-tool demote ../x

# ---- what is refused, with its line
no() {		# no WHAT ERE [MORE] <SOURCE
	cat >no.py
	bad INVALID_ARGUMENTS promote_skill "$(jq -nc "{path: \"no.py\"} + ${3:-{\}}")" "$2" "$1"
}
no 'a parameter without a type' 'line 2: the parameter b has no type' <<'EOT'
raise RuntimeError("it was run")
def f(a: int, b):
    "Doc."
EOT
no 'no docstring' 'line 2: f has no docstring' <<'EOT'

def f(a: int): pass
EOT
printf 'def f(*a: int):\n "Doc."\n' | no '*args' 'takes anything'
printf 'def f(**a: int):\n "Doc."\n' | no '**kwargs' 'takes anything'
printf 'def f(a: int, /):\n "Doc."\n' | no 'positional only' 'cannot be given by name'
printf 'async def f(a: int):\n "Doc."\n' | no 'async' 'async'
printf 'def f(a: bytes):\n "Doc."\n' | no 'a type without a form in JSON' 'bytes has no form in JSON'
printf 'def f(a: "list[int"):\n "Doc."\n' | no 'a type that is none' 'no type'
printf 'def f(a: int):\n  "Doc."\n return (\n' | no 'no Python' 'line [0-9]'
printf 'def f(): "D"\ndef g(): "D"\n' | no 'two functions' 'say which as function: f, g'
printf 'def f():\n "D"\n def g(): "D"\n' | no 'a nested function' 'not at the top level' '{function: "g"}'
printf 'def f(): "D"\n' | no 'a function that is not there' 'there are: f' '{function: "h"}'
printf 'def f(a: int):\n  """Doc.\n\n  >>> f(1)\n  3\n  """\n  return 2\n' |
    no 'an example that does not hold' '1 of the 1 examples in the docstring fail'
printf 'import no_such_module\ndef f(a: int):\n  "Doc."\n' | no 'a module that is not there' "No module named 'no_such_module'"
printf '# /// script\n# dependencies = ["no-such-dist>=1"]\n# ///\ndef f(a: int):\n "Doc."\n' |
    no 'a dependency that is not there (PEP 723)' 'needs no-such-dist>=1'
is "$(skills)" '' 'nothing of them is kept'
bad NOT_FOUND promote_skill '{"path":"nope.py"}' nope 'a missing file'
bad PATH_OUTSIDE_WORKSPACE promote_skill '{"path":"../x.py"}' outside 'a file outside'

# ---- names
printf 'def f(a: int = 1):\n    "Doc."\n    return a\n' >f.py
for n in read_file shell promote_skill pyexe data_view; do
	bad INVALID_ARGUMENTS promote_skill "{\"path\":\"f.py\",\"name\":\"$n\"}" "tool $n already" "not over $n"
done
for n in ../evil /tmp/evil a/b .hidden 'a b' 'a.b' '' "$(printf '%065d' 0)"; do
	promote f.py "{name: \"$n\"}"
	[ "$n" = '' ] || like "$STATUS$TEXT" '^65.*is no name for a tool' "not the name '$n'"
done
is "$(skills)$(ls "$TRASH"/evil* "$AGENT_STATE"/evil* 2>/dev/null)" 'f f.py f.tool.json ' 'nothing elsewhere'
promote f.py '{name: "my_tool"}'
call my_tool '{"a":41}'
is "$STATUS$TEXT" 041 'a name of its own'
agent-tool demote f >"$OUT"; agent-tool demote my_tool >"$OUT"
done_testing
