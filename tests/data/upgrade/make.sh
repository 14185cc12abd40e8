#!/bin/sh
# make.sh DIR: the state that the programs in PATH leave after a little of
# everything, as text below DIR: what is upgraded from.  Made once for a
# release, and kept; 7260-fault-upgrade.t uses it.  $URL is that of a modeld
# with the script  default text "ok" usage in=10 out=5 ; set embeddings 4
# What the programs of that day could not do is not there.
set -eu
dir=$(mkdir -p "$1" && cd "$1" && pwd)
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/old"; cd "$tmp/old"
export HOME="$tmp" AGENT_STATE="$tmp/s" AGENT_MEMORY="$tmp/memory.db" AGENT_FIXED_TIME=1795000000 AGENT_FIXED_IDS=old AGENT_MODEL=m
has() { command -v "agent-$1" >/dev/null; }
if has mem; then
	printf '%s\n' '{"id":"m1","text":"The staging server is moved every Friday.","tags":["ops"],"importance":0.5}' \
	    '{"id":"m2","text":"Tea is drunk at four.","kind":"fact","speaker":"Ann","at":"2026-01-02T16:00:00Z"}' |
	    agent-mem import -n old
	agent-mem update -n old m1 'The staging server is moved every Monday.'
	export AGENT_MODEL_URL="$URL"
	agent-mem embed --model vec || agent-mem embed -n old --model vec ||
	    echo 'no vectors yet' >&2
	unset AGENT_MODEL_URL
fi
if has plan; then
	agent-plan add 'Write the lexer' --check true --tag parser
	agent-plan add 'Write the parser' --needs 1
	agent-plan note observation 'It is small.'
	agent-plan next
fi
agent-chat --offline -nq 'list files'
agent-chat --offline -nqc 'hello'
printf '{"role":"user","content":"Hello."}\n' | agent-gate --ledger=on --url "$URL"
for i in 1 2 3; do printf '{"custom_id":"r%d","messages":[{"role":"user","content":"q%d"}]}\n' $i $i; done >in
agent-gate batch -q -o answers --url "$URL" --ledger=off in
# Nothing of the machine it was made on.
plain() { sed "s|$tmp|/tmp|g; s/'$(hostname)\.[0-9]*'/'box.1'/; s/'$(hostname) [^']*'/'box boot pid:[1]'/; s|127.0.0.1:[0-9]*|127.0.0.1:8000|"; }
dump() {
	[ -f "$1" ] || return 0
	sqlite3 "$1" 'PRAGMA wal_checkpoint(TRUNCATE)' >"$tmp/out"
	for p in application_id user_version; do echo "PRAGMA $p=$(sqlite3 "$1" "PRAGMA $p");"; done
	sqlite3 "$1" .dump
}
keep() { plain >"$dir/$1"; [ -s "$dir/$1" ] || rm "$dir/$1"; }
dump "$tmp/memory.db" | keep memory.sql
dump "$(echo "$tmp"/s/projects/*/plan.db)" | keep plan.sql
dump "$(find "$tmp" -name ledger.db)" | keep ledger.sql
cat "$tmp"/s/projects/*/sessions/*.jsonl | keep session.jsonl
# A batch that was killed over its third answer.
head -n 2 answers | keep answers.jsonl
sed -n '3s/\(.\{60\}\).*/\1/p' answers | tr -d '\n' >>"$dir/answers.jsonl"
find "$tmp" -type f >&2
