#!/bin/sh
# fix-until.sh - an agent that goes on until the tests pass.
#
#	fix-until.sh [COMMAND...]
#
# Use: in a folder under git; COMMAND, by default "make test", says whether it
# is good.  Then look at git diff.
# Needs: agent-chat, agent-tool with its sandbox, and a model.
# Shows: the shell decides when the work is done, not the model.  The command
# runs in the sandbox, because what it runs is what a model has written.  The
# model is told the end of the output, in one conversation all along; it may
# change files and run nothing.  Status 0 when the command passes, 1 when it
# still fails after ROUNDS (5) rounds.
set -eu
[ $# -gt 0 ] || set -- make test
rounds=${ROUNDS:-5} go_on=''
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
round=0
while ! agent-tool sandbox -t 300 -- "$@" >"$dir/output" 2>&1; do
	if [ $round -ge "$rounds" ]; then
		tail -n 20 "$dir/output" >&2
		echo "fix-until.sh: $1 still fails after $round rounds" >&2
		exit 1
	fi
	round=$((round + 1))
	tail -c 8000 "$dir/output" | agent-chat -q $go_on --check none \
	    --tools list_files,read_file,search_files,edit_file,write_file \
	    -p "\"$*\" fails. Find the cause in the code and mend it there; leave
the tests as they are. The end of its output is below."
	go_on=-c
done
