#!/bin/sh
# reader-writer.sh - two agents in a pipe, each with half of the rights.
#
#	reader-writer.sh FROM TO WORDS...
#
# Use: make something in the folder TO of what is in the folder FROM, which may
# hold anything: mail, tickets, a stranger's code.
# Needs: agent-chat and a model.
# Shows: least privilege by a pipe.  The reader sees FROM, and has neither a
# network nor a place to write; the writer writes files in TO, and sees nothing
# but the reader's words.  Whatever stands in FROM, nothing of it gets out of
# this machine, and nothing is changed but TO.
set -eu
[ $# -ge 3 ] || { echo 'usage: reader-writer.sh FROM TO WORDS...' >&2; exit 2; }
from=$1 to=$2
shift 2
[ -d "$from" ] || { echo "reader-writer.sh: $from: no such folder" >&2; exit 66; }
mkdir -p "$to"
export AGENT_ALLOW_HOST='' AGENT_ENABLE_FETCH=0 AGENT_ENABLE_SHELL=0 \
    AGENT_ENABLE_MCP=0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
agent-chat -n -q -w "$from" --no-session -o "$dir/brief" \
    --tools list_files,read_file,search_files \
    -p "Gather from the files here all that is needed for this task, and write
it down for somebody who cannot see them: $*" >/dev/null
agent-chat -q -w "$to" --no-session --check none --tools write_file \
    -p "Do this, by writing files: $*" <"$dir/brief"
