#!/usr/bin/env python3
"""A tool: one JSON object in, a result out; see agent-tools(7)."""
import json
import sys

SCHEMA = {
    "name": "@NAME@",
    "description": "Count the lines of a text.",
    "inputSchema": {
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "words": {"type": "boolean"},
        },
        "required": ["text"],
        "additionalProperties": False,
    },
    "annotations": {"readOnlyHint": True},
}

if sys.argv[1:] == ["--schema"]:
    print(json.dumps(SCHEMA))
    sys.exit(0)
args = json.load(sys.stdin)
text = args["text"]
print(len(text.split() if args.get("words") else text.splitlines()))
