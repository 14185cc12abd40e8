#!/bin/sh
# conform.sh - prints the faults of lines of JSON, nothing when all conform.
#
#	conform.sh SCHEMA FILE
#
# SCHEMA names a file of share/agent/schema, and may go on with a place in it:
# 'event.schema.json#/$defs/filed'.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
schemas=$(jq -n 'reduce inputs as $s ({};
	.[input_filename | split("/")[-1]] = $s)' \
    "$here"/../share/agent/schema/*.json)
program=$(cat "$here/schema.jq"; cat <<'END'
foreach inputs as $l (0; . + 1;
    . as $n | $l | errors($ref) | "line \($n)\(.)")
END
)
jq -nr --argjson schemas "$schemas" --arg ref "$1" "$program" "$2" 2>&1
