#!/bin/sh
# Skills: types of Python as JSON Schema and back, results and errors.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
[ -x /usr/bin/python3 ] || [ -x /usr/local/bin/python3 ] || skip_all 'no python3'
export AGENT_ENABLE_TOOLS=1
S=$ROOT/share/agent/python/skill.py
# schema TYPE: that of a parameter of this type
schema() {
	jq -nc --arg s "from __future__ import annotations
import enum, typing
from dataclasses import dataclass
from typing import *
class Color(enum.Enum):
    RED = 'red'
    BLUE = 'blue'
class Point(TypedDict):
    x: int
    y: NotRequired[int]
@dataclass
class Box:
    w: float
    name: str = 'b'
Id = int
def f(a: $1): 'Doc.'" '{do: "check", source: $s}' | python3 "$S" |
	    jq -c '.structuredContent.inputSchema.properties.a'
}
is "$(schema 'str')" '{"type":"string"}' str
is "$(schema 'int | None')" '{"anyOf":[{"type":"integer"},{"type":"null"}]}' 'PEP 604'
is "$(schema 'Optional[float]')" '{"anyOf":[{"type":"number"},{"type":"null"}]}' Optional
is "$(schema 'Union[int, str, None]')" '{"anyOf":[{"type":"integer"},{"type":"string"},{"type":"null"}]}' Union
is "$(schema 'dict[str, list[int]]')" \
    '{"type":"object","additionalProperties":{"type":"array","items":{"type":"integer"}}}' 'PEP 585, nested'
is "$(schema 'Dict[str, Any]')" '{"type":"object","additionalProperties":{}}' 'Dict and Any'
is "$(schema 'set[str]')" '{"type":"array","uniqueItems":true,"items":{"type":"string"}}' set
is "$(schema 'tuple[int, int]')" '{"type":"array","items":{"type":"integer"},"minItems":2,"maxItems":2}' tuple
is "$(schema 'tuple[str, ...]')" '{"type":"array","items":{"type":"string"}}' 'tuple of any length'
is "$(schema "Literal['a', 1, True, None]")" '{"enum":["a",1,true,null]}' Literal
is "$(schema "Annotated[int, 'how many']")" '{"type":"integer","description":"how many"}' Annotated
is "$(schema "'list[float]'")" '{"type":"array","items":{"type":"number"}}' 'between quotes'
is "$(schema 'typing.List[int]')" '{"type":"array","items":{"type":"integer"}}' 'a dotted name'
is "$(schema Id)" '{"type":"integer"}' 'an alias'
is "$(schema Color)" '{"enum":["red","blue"]}' Enum
is "$(schema Point)" '{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},"required":["x"],"additionalProperties":false}' TypedDict
is "$(schema Box)" '{"type":"object","properties":{"w":{"type":"number"},"name":{"type":"string"}},"required":["w"],"additionalProperties":false}' dataclass
is "$(schema 'datetime.datetime')" '{"type":"string","format":"date-time"}' datetime
is "$(schema 'Path')" '{"type":"string"}' Path

cat >t.py <<'EOT'
import datetime
import enum
import pathlib
from dataclasses import dataclass


class Color(enum.Enum):
    RED = "red"


@dataclass
class Box:
    w: float
    name: str = "b"


def kinds(box: Box, color: Color = Color.RED, day: datetime.date | None = None,
          path: pathlib.Path = pathlib.Path("."), tags: set[str] = frozenset(),
          flag: bool = True, nothing: str | None = "x", deep: dict[str, list[bool]] = {}):
    """Says what it was given.

    :param box: a box
    """
    print("noise on standard output")
    return {"box": box, "color": color.name, "day": day, "path": path / "x", "tags": tags,
            "is": [type(box).__name__, type(color).__name__, type(day).__name__, type(tags).__name__],
            "flag": flag, "nothing": nothing, "deep": deep}


def bad(what: str) -> float:
    """Fails.

    Parameters
    ----------
    what : str
        how to fail
    """
    if what == "exit":
        raise SystemExit(3)
    if what == "deep":
        return bad(what)
    return {"nan": [float("nan")], "inf": float("inf"), "zero": lambda: 1 / 0}[what] \
        if what != "zero" else 1 / 0
EOT
call promote_skill '{"path":"t.py","function":"kinds"}'
is "$STATUS" 0 'promoted'
agent-tool list --tools kinds >"$OUT"
jq_ok '.[0].function.parameters | .required == ["box"] and .properties.box.description == "a box" and
    .properties.flag.default == true and .properties.nothing.default == "x"' 'defaults make it optional'
call kinds '{"box":{"w":1},"day":"2024-01-05","tags":["b","a"],"flag":false,"nothing":null,"deep":{"k":[true,false]}}'
json_is "$TEXT" '{"box":{"w":1.0,"name":"b"},"color":"RED","day":"2024-01-05","path":"x","tags":["a","b"],
    "is":["Box","Color","date","set"],"flag":false,"nothing":"x","deep":{"k":[true,false]}}' \
    'values are what the types say, prints are not in the result'
call kinds '{"box":{"w":1,"name":"None","x":1}}'
is "$STATUS" 65 'nested objects are checked'
call promote_skill '{"path":"t.py","function":"bad"}'
agent-tool list --tools bad >"$OUT"
jq_ok '.[0].function.parameters.properties.what.description == "how to fail"' 'NumPy documentation'
call bad '{"what":"nan"}'
like "$STATUS$(echo "$TEXT" | tr '\n' ' ')" '^1.*TOOL_FAILED.*nan, which JSON has no word for' 'NaN is an error'
call bad '{"what":"inf"}'
like "$TEXT" 'inf, which JSON has no word for' 'and infinity'
call bad '{"what":"zero"}'
like "$TEXT" 'ZeroDivisionError: division by zero' 'an exception'
like "$TEXT" 'line [0-9]+, in bad' 'with its line'
call bad '{"what":"exit"}'
like "$STATUS$(echo "$TEXT" | tr '\n' ' ')" '^1.*sys.exit\(3\)' 'sys.exit'
call bad '{"what":"deep"}'
like "$TEXT" 'RecursionError' 'recursion without end'
done_testing
