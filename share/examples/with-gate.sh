#!/bin/sh
# with-gate.sh - any client of OpenAI's API, with a local model.
#
#	with-gate.sh COMMAND...
#	with-gate.sh sh -c 'curl -s "$OPENAI_BASE_URL/models"'
#
# Use: COMMAND finds a server in OPENAI_BASE_URL and OPENAI_API_KEY that is
# there as long as it runs.
# Needs: agent-gate and a model; GATE may have more options of agent-gate serve,
# such as "-m model.gguf" for a llama-server of its own, or "--offline".
# Shows: agent-gate serve stands before the model that there is, on a port that
# was free, turns calls that the model wrote as text into real ones, and lets
# nobody in without the token of this one run.  The status is that of COMMAND.
set -eu
[ $# -gt 0 ] || { echo 'usage: with-gate.sh COMMAND...' >&2; exit 2; }
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
token=$(od -An -N 16 -tx1 /dev/urandom | tr -d ' \n')
mkfifo "$dir/url"
# shellcheck disable=SC2086
GATE_TOKEN=$token agent-gate serve -q --listen 127.0.0.1:0 \
    --token-env GATE_TOKEN ${GATE-} >"$dir/url" </dev/null &
server=$!
read -r url <"$dir/url" || { wait $server; exit; }
status=0
OPENAI_BASE_URL=$url OPENAI_API_KEY=$token "$@" || status=$?
exit $status
