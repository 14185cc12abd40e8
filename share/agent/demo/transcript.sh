#!/bin/sh
# transcript.sh - plays a short session with the offline model in a small
# folder of its own and prints it, commands and all, as README shows it.
# shellcheck disable=SC2016
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/tea"
cd "$dir/tea"
echo 'A timer for tea.' >README
printf 'green 2m\nblack 4m\n' >teas.txt
unset AGENT_MODEL AGENT_MODEL_URL AGENT_TOOLS AGENT_WORKSPACE
export AGENT_CONFIG="$dir/none" AGENT_STATE="$dir/state" NO_COLOR=1

show() {
	printf '$ %s\n' "$1"
	# How long a tool took differs from run to run.
	sh -c "$1" 2>&1 </dev/null | sed 's/ [0-9]*\.[0-9]s\( \|$\)/ 0.0s\1/'
}
show 'agent-chat --offline -v "Which files are in this folder?"'
show 'agent-chat --offline -v -c "Run \`wc -l teas.txt\`"'
show 'agent-chat --offline -v -c "Write \"oolong 3m\" to more.txt"'
show 'agent-tool sandbox -- sh -c "ls; touch /usr/x || echo no" 2>/dev/null'
