#!/bin/sh
# research.sh - questions that are looked up, noted down and remembered.
#
#	agent-plan init 'Which queue should we use?'
#	agent-plan add 'What does A cost?'
#	agent-plan advance
#	research.sh wiki.example.org
#	agent-plan report
#
# Use: takes each open task of the plan of this folder for a question, and ends
# when there is none; the operands are hosts of your own network that may be
# asked, too.  Any number may run at once, and one that is killed gives its
# question back.
# Needs: agent-plan, agent-chat, agent-mem, jq and a model.
# Shows: what a loop needs to go on for days: a queue, a notebook, a memory.
# The model may fetch pages and use its memory, and nothing else; what it
# answers is written down by the script, not by the model.
set -eu
hosts=$(printf '%s,' "$@")
claim=
trap '[ -z "$claim" ] || agent-plan -q release "$claim" || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
while :; do
	status=0
	line=$(agent-plan next --owner $$ --lease 1h) || status=$?
	case $status in
	0) claim=${line%%	*} question=${line#*	} ;;
	1) exit 0 ;;		# nothing is open any more
	75) sleep 1; continue ;;	# others are at work
	*) exit $status ;;
	esac
	known=$(agent-mem recall --for-prompt --budget 500 "$question") || :
	if answer=$(AGENT_ALLOW_HOST=${hosts%,} agent-chat -n -q --no-session \
	    --tools fetch,memory -p "$question
Fetch pages to find out, and name each page that you go by.
${known:+This is known already:
$known}"); then
		printf '%s\n' "$answer" |
		    agent-plan note result --task "${claim%.*}" - >/dev/null
		printf '%s\n%s\n' "$question" "$answer" |
		    agent-mem store --kind result --speaker agent >/dev/null
		agent-plan -q "done" "$claim"
	else
		agent-plan -q fail "$claim" "agent-chat ended with $?"
	fi
	claim=
done
