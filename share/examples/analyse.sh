#!/bin/sh
# analyse.sh - a question about a table, answered by calculation.
#
#	analyse.sh FILE WORDS...
#	analyse.sh sales.csv 'Which month was best, and by how much?'
#
# Use: FILE is CSV, TSV, JSON, SQLite or Parquet, of any size; prints the
# answer.
# Needs: agent-chat, python3 and a model.
# Shows: the model looks at the table with data_view and calculates with pyexe,
# rather than guess: it never reads more than a few rows.  It works on a copy in
# a folder of its own, in the sandbox, without a network, so neither FILE nor
# anything else can be changed.  With -v what it ran is shown.
set -eu
verbose=-q
case ${1-} in -v) verbose=-v; shift ;; esac
[ $# -ge 2 ] || { echo 'usage: analyse.sh [-v] FILE WORDS...' >&2; exit 2; }
[ -f "$1" ] || { echo "analyse.sh: $1: no such file" >&2; exit 66; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
name=$(basename "$1")
cp "$1" "$dir/$name"
shift
AGENT_ALLOW_HOST='' agent-chat -n "$verbose" -w "$dir" --no-session \
    --tools data_view,pyexe -p "The table is in the file $name. Look at it with
data_view first, and calculate with pyexe; do not guess. $*"
