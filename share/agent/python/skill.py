#!/usr/bin/env python3
"""Python functions as tools, for agent-tool(1).

    skill.py <JSON           {"do":"check","source":S,"function":S?}: the Tool
                             object of a function, found by reading it only
    skill.py <JSON           {"do":"doctest",...}: runs its examples
    skill.py run FILE NAME <JSON     calls it with these arguments

Everything runs in agent-jail(1); only the last two run the code.  What the
code prints goes to standard error, so it cannot get into the result.
"""

import ast
import importlib.metadata
import json
import os
import re
import sys

DESCRIPTION_MAX = 500
PARAMETER_MAX = 200


class Refused(Exception):
    """The function cannot be a tool, for a reason that its author can mend."""

    def __init__(self, why, node=None):
        line = getattr(node, "lineno", None)
        super().__init__(why if line is None else "line %d: %s" % (line, why))


# ---- finding the function, without running anything ----

def functions(tree):
    return [n for n in tree.body
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def find(tree, name):
    every = functions(tree)
    if name is None:
        public = [f for f in every if not f.name.startswith("_")]
        if len(public) != 1:
            raise Refused("there are %d public functions; say which as "
                          "function: %s" %
                          (len(public), ", ".join(f.name for f in public)))
        return public[0]
    for f in every:
        if f.name == name:
            return f
    for n in ast.walk(tree):
        if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and \
                n.name == name:
            raise Refused("%s is not at the top level of the file" % name, n)
    raise Refused("there is no function %s; there are: %s" %
                  (name, ", ".join(f.name for f in every) or "none"))


# ---- types ----

SIMPLE = {
    "str": {"type": "string"}, "int": {"type": "integer"},
    "float": {"type": "number"}, "bool": {"type": "boolean"},
    "None": {"type": "null"}, "Any": {}, "object": {},
    "Path": {"type": "string"}, "PurePath": {"type": "string"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "time"},
    "Decimal": {"type": "number"},
    "list": {"type": "array"}, "List": {"type": "array"},
    "Sequence": {"type": "array"}, "Iterable": {"type": "array"},
    "tuple": {"type": "array"}, "Tuple": {"type": "array"},
    "set": {"type": "array", "uniqueItems": True},
    "Set": {"type": "array", "uniqueItems": True},
    "frozenset": {"type": "array", "uniqueItems": True},
    "FrozenSet": {"type": "array", "uniqueItems": True},
    "dict": {"type": "object"}, "Dict": {"type": "object"},
    "Mapping": {"type": "object"},
}


def last_name(node):
    """The last part of a dotted name, or None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return None


def literals(nodes):
    values = []
    for n in nodes:
        try:
            values.append(ast.literal_eval(n))
        except ValueError:
            raise Refused("Literal takes constants", n)
    return values


class Types:
    """Annotations as JSON Schema."""

    def __init__(self, tree):
        self.classes = {n.name: n for n in tree.body
                        if isinstance(n, ast.ClassDef)}
        self.aliases = {n.targets[0].id: n.value for n in tree.body
                        if isinstance(n, ast.Assign) and len(n.targets) == 1
                        and isinstance(n.targets[0], ast.Name)}
        self.depth = 0

    def schema(self, node):
        self.depth += 1
        if self.depth > 20:
            raise Refused("a type that contains itself", node)
        try:
            return self.of(node)
        finally:
            self.depth -= 1

    def of(self, node):
        if isinstance(node, ast.Constant):
            if node.value is None:
                return dict(SIMPLE["None"])
            if isinstance(node.value, str):  # a type between quotes
                try:
                    inner = ast.parse(node.value, mode="eval").body
                except SyntaxError:
                    raise Refused("no type: %r" % node.value, node)
                for n in ast.walk(inner):
                    n.lineno = node.lineno
                return self.schema(inner)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.union([node.left, node.right])
        if isinstance(node, ast.Subscript):
            return self.generic(node)
        name = last_name(node)
        if isinstance(node, ast.Name) and name in self.classes:
            return self.of_class(self.classes[name])
        if name in SIMPLE:
            return dict(SIMPLE[name])
        if isinstance(node, ast.Name) and name in self.aliases:
            return self.schema(self.aliases[name])
        raise Refused("the type %s has no form in JSON" %
                      ast.unparse(node), node)

    def union(self, nodes):
        parts = []
        for n in nodes:
            s = self.schema(n)
            for one in s["anyOf"] if set(s) == {"anyOf"} else [s]:
                if one not in parts:
                    parts.append(one)
        return parts[0] if len(parts) == 1 else {"anyOf": parts}

    def generic(self, node):
        name = last_name(node.value)
        inner = node.slice
        args = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
        if name == "Optional":
            return self.union([args[0], ast.Constant(None)])
        if name == "Union":
            return self.union(args)
        if name == "Literal":
            return {"enum": literals(args)}
        if name == "Annotated":
            schema = self.schema(args[0])
            for a in args[1:]:
                if isinstance(a, ast.Constant) and isinstance(a.value, str):
                    schema["description"] = a.value[:PARAMETER_MAX]
            return schema
        if name in ("Final", "ClassVar", "Required", "NotRequired"):
            return self.schema(args[0])
        schema = dict(SIMPLE.get(name) or {})
        if schema.get("type") == "object":
            if last_name(args[0]) != "str" and \
                    getattr(args[0], "value", None) != "str":
                raise Refused("keys of a JSON object are str", node)
            schema["additionalProperties"] = self.schema(args[1])
        elif name in ("tuple", "Tuple"):
            self.fill_tuple(schema, args)
        elif schema.get("type") == "array":
            schema["items"] = self.schema(args[0])
        else:
            raise Refused("the type %s has no form in JSON" %
                          ast.unparse(node), node)
        return schema

    def fill_tuple(self, schema, args):
        if len(args) == 2 and isinstance(args[1], ast.Constant) and \
                args[1].value is Ellipsis:
            schema["items"] = self.schema(args[0])
            return
        schema["items"] = self.union(args)
        schema["minItems"] = schema["maxItems"] = len(args)

    def of_class(self, node):
        bases = {last_name(b) for b in node.bases}
        marks = {last_name(d.func if isinstance(d, ast.Call) else d)
                 for d in node.decorator_list}
        if bases & {"Enum", "IntEnum", "StrEnum"}:
            return {"enum": literals([n.value for n in node.body
                                      if isinstance(n, ast.Assign)])}
        if not (bases & {"TypedDict", "NamedTuple"} or "dataclass" in marks):
            raise Refused("the class %s is no Enum, TypedDict or dataclass" %
                          node.name, node)
        props, required = {}, []
        for n in node.body:
            if not isinstance(n, ast.AnnAssign) or \
                    not isinstance(n.target, ast.Name):
                continue
            props[n.target.id] = self.schema(n.annotation)
            if n.value is None and not (
                    isinstance(n.annotation, ast.Subscript) and
                    last_name(n.annotation.value) == "NotRequired"):
                required.append(n.target.id)
        return {"type": "object", "properties": props, "required": required,
                "additionalProperties": False}


# ---- documentation ----

PLACES = (
    # Sphinx, Google, NumPy
    re.compile(r"^\s*:param\s+(?:[^:]*\s)?\*{0,2}(\w+)\s*:\s*(.+)"),
    re.compile(r"^\s+\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s+(.+)"),
    re.compile(r"^(\w+)\s*:\s*\S.*"),
)


def described(doc, names):
    """What the docstring says of each parameter."""
    found, lines = {}, doc.splitlines()
    for i, line in enumerate(lines):
        for kind, pattern in enumerate(PLACES):
            m = pattern.match(line)
            if not m or m.group(1) not in names or m.group(1) in found:
                continue
            if kind < 2:
                text = m.group(2)
            elif i + 1 < len(lines) and lines[i + 1].startswith("    "):
                text = lines[i + 1]
            else:
                continue
            found[m.group(1)] = " ".join(text.split())[:PARAMETER_MAX]
    return found


def summary(doc):
    """The first paragraph."""
    text = re.split(r"\n\s*\n|\n\s*>>>|\n\s*(?:Args|Arguments|Parameters|"
                    r"Returns|Raises|Examples?)\s*:?\s*\n|\n\s*:", doc.strip())
    return " ".join(text[0].split())[:DESCRIPTION_MAX]


# ---- the Tool object ----

def default_of(node, schema):
    """A default that JSON can hold goes into the schema."""
    try:
        value = ast.literal_eval(node)
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError):
        return
    if value is not None:
        schema["default"] = value


def parameters(f, types, doc):
    a = f.args
    if a.posonlyargs:
        raise Refused("parameters before / cannot be given by name",
                      a.posonlyargs[0])
    for star in (a.vararg, a.kwarg):
        if star is not None:
            raise Refused("*%s takes anything; name what it takes" %
                          star.arg, star)
    names = [x.arg for x in a.args + a.kwonlyargs]
    said = described(doc, names)
    defaults = [None] * (len(a.args) - len(a.defaults)) + a.defaults + \
        a.kw_defaults
    props, required = {}, []
    for x, default in zip(a.args + a.kwonlyargs, defaults):
        if x.annotation is None:
            raise Refused("the parameter %s has no type" % x.arg, x)
        schema = types.schema(x.annotation)
        if x.arg in said:
            schema.setdefault("description", said[x.arg])
        if default is None:
            required.append(x.arg)
        else:
            default_of(default, schema)
        props[x.arg] = schema
    return {"type": "object", "properties": props, "required": required,
            "additionalProperties": False}


def parse(source):
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise Refused("line %s: %s" % (error.lineno, error.msg))
    except ValueError as error:
        raise Refused(str(error))


def check(source, name):
    tree = parse(source)
    f = find(tree, name)
    if isinstance(f, ast.AsyncFunctionDef):
        raise Refused("an async function cannot be called from here", f)
    doc = ast.get_docstring(f)
    if not doc:
        raise Refused("%s has no docstring; the model is told what it says" %
                      f.name, f)
    types = Types(tree)
    tool = {"name": f.name, "description": summary(doc),
            "inputSchema": parameters(f, types, doc),
            "annotations": {"readOnlyHint": False, "openWorldHint": False}}
    if f.returns is not None:
        schema = types.schema(f.returns)
        if schema.get("type") == "object":
            tool["outputSchema"] = schema
    return tool


# ---- dependencies, PEP 723 ----

BLOCK = re.compile(r"(?m)^# /// script$\s(?P<text>(^#(| .*)$\s)+)^# ///$")


def wanted(source):
    m = BLOCK.search(source)
    if m is None:
        return []
    text = "".join(line[2:] if line.startswith("# ") else line[1:]
                   for line in m.group("text").splitlines(True))
    m = re.search(r"(?ms)^dependencies\s*=\s*\[(.*?)\]", text)
    return re.findall(r"""["']([^"']+)["']""", m.group(1)) if m else []


def missing(source):
    gone = []
    for want in wanted(source):
        name = re.match(r"[A-Za-z0-9._-]*", want).group(0)
        try:
            importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            gone.append(want)
    return gone


def uv(source, argv):
    """Go on under uv, once, when it is there and something is missing."""
    if "AGENT_SKILL_UV" in os.environ:
        return
    command = ["uv", "run", "--offline", "--no-project"]
    for want in wanted(source):
        command += ["--with", want]
    os.environ["AGENT_SKILL_UV"] = "1"
    try:
        os.execvp("uv", command + ["python3", os.path.abspath(__file__)] +
                  argv)
    except OSError:
        pass


def need(source):
    gone = missing(source)
    if gone:
        raise Refused("it needs %s (PEP 723), which this python3 does not "
                      "have" % ", ".join(gone))


# ---- running it ----

def load(source, path):
    import types
    module = types.ModuleType("skill")
    module.__file__ = path
    sys.modules["skill"] = module
    exec(compile(source, path, "exec", 0, True), module.__dict__)
    return module


def convert(value, hint):
    """JSON as the annotation wants it."""
    import dataclasses
    import datetime
    import decimal
    import enum
    import pathlib
    import typing
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return convert(value, args[0])
    if origin is typing.Literal or value is None:
        return value
    if origin is typing.Union or type(hint).__name__ == "UnionType":
        for one in args:
            try:
                out = convert(value, one)
            except (TypeError, ValueError):
                continue
            if one is type(None) or typing.get_origin(one) or \
                    not isinstance(one, type) or isinstance(out, one):
                return out
        return value
    if origin in (list, tuple, set, frozenset) and isinstance(value, list):
        if origin is tuple and args[1:] != (Ellipsis,):
            return tuple(convert(v, t) for v, t in zip(value, args))
        return origin(convert(v, args[0]) for v in value)
    if origin is dict and isinstance(value, dict):
        return {k: convert(v, args[1]) for k, v in value.items()}
    if not isinstance(hint, type):
        return value
    if dataclasses.is_dataclass(hint) and isinstance(value, dict):
        hints = typing.get_type_hints(hint)
        return hint(**{k: convert(v, hints.get(k)) for k, v in
                       value.items()})
    if issubclass(hint, enum.Enum):
        return hint(value)
    if issubclass(hint, (set, frozenset, tuple)) and isinstance(value, list):
        return hint(value)
    if hint is float and isinstance(value, int):
        return float(value)
    if issubclass(hint, (datetime.datetime, datetime.date, datetime.time)):
        if isinstance(value, str) and value.endswith("Z"):
            value = value[:-1] + "+00:00"
        return hint.fromisoformat(value)
    if issubclass(hint, (pathlib.PurePath, decimal.Decimal)):
        return hint(str(value) if issubclass(hint, decimal.Decimal)
                    else value)
    return value


def plain(value):
    """A result as JSON has it; NaN and infinities are refused."""
    import dataclasses
    import decimal
    import enum
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("the result holds %r, which JSON has no word "
                             "for" % value)
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain(dataclasses.asdict(value))
    if isinstance(value, dict):
        return {k if isinstance(k, str) else str(plain(k)): plain(v)
                for k, v in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(v) for v in value), key=repr)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, decimal.Decimal):
        return plain(float(value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy
        return plain(value.tolist())
    return str(value)


def tell(out, value):
    value = plain(value)
    text = value if isinstance(value, str) else \
        json.dumps(value, ensure_ascii=False, allow_nan=False)
    result = {"content": [{"type": "text", "text": text}]}
    if isinstance(value, (dict, list)):
        result["structuredContent"] = value
    out.write(json.dumps(result, ensure_ascii=False) + "\n")
    out.flush()


def show(error, path):
    """The error, and the lines of the skill that led to it."""
    import traceback
    where = [f for f in traceback.extract_tb(error.__traceback__)
             if f.filename == path]
    lines = ["line %d, in %s" % (f.lineno, f.name) for f in where[-5:]]
    return "%s: %s%s" % (type(error).__name__, error,
                         "".join("\n  " + x for x in lines))


def run(out, path, name):
    import typing
    with open(path, encoding="utf-8") as file:
        source = file.read()
    if missing(source):
        uv(source, sys.argv[1:])
        need(source)
    args = json.load(sys.stdin)
    try:
        function = getattr(load(source, path), name)
        hints = typing.get_type_hints(function, include_extras=True)
        args = {k: convert(v, hints.get(k)) for k, v in args.items()}
        tell(out, function(**args))
    except SystemExit as error:
        raise Refused("it ended by sys.exit(%s)" % error.code)
    except Exception as error:
        out.write(show(error, path) + "\n")
        out.flush()
        return 1
    return 0


def doctests(source, name):
    """How many examples the function has; those that fail are told."""
    import doctest
    import io
    need(source)
    module = load(source, "skill.py")
    function = getattr(module, name)
    said = io.StringIO()
    tried = failed = 0
    runner = doctest.DocTestRunner(verbose=False)
    for test in doctest.DocTestFinder(recurse=False).find(
            function, name, globs=module.__dict__):
        result = runner.run(test, out=said.write)
        tried += result.attempted
        failed += result.failed
    if failed:
        raise Refused("%d of the %d examples in the docstring fail:\n%s" %
                      (failed, tried, said.getvalue()[-3000:]))
    return tried


def requested(out):
    ask = json.load(sys.stdin)
    source, name = ask["source"], ask.get("function")
    if ask["do"] == "check":
        tool = check(source, name)
        out.write(json.dumps({"structuredContent": tool}) + "\n")
        return 0
    try:
        n = doctests(source, name)
    except Refused:
        raise
    except BaseException as error:
        raise Refused("it cannot be loaded: " + show(error, "skill.py"))
    out.write(json.dumps({"structuredContent": {"examples": n}}) + "\n")
    return 0


def main():
    # What is printed by whatever runs is no part of the result.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8",
                    errors="backslashreplace")
    os.dup2(2, 1)
    sys.stdin.reconfigure(encoding="utf-8")
    try:
        if len(sys.argv) == 4 and sys.argv[1] == "run":
            status = run(out, sys.argv[2], sys.argv[3])
        else:
            status = requested(out)
    except Refused as why:
        out.write("%s\n" % why)
        status = 1
    except RecursionError:
        out.write("nested too deep\n")
        status = 1
    out.flush()
    sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main())
