#!/bin/sh
# The demonstration: agent-chat in this directory, with the model server that
# AGENT_MODEL_URL names or that is found on this machine, else with the offline
# model, which needs nothing and says what it is.  Without a terminal it plays
# a short conversation, so that the same command shows something anywhere.
set -eu
if [ -t 0 ]; then
	exec agent-chat --demo "$@"
fi
printf '%s\n' \
    'hi' \
    'What files are in the current directory?' \
    'Read the README file' \
    'quit' | agent-chat -i --demo "$@"
