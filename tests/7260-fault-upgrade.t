#!/bin/sh
# Upgrade in place: what each release, and days before the first, left
# (tests/data/upgrade) is read, gone on with and sound with the programs of
# today, and has today's tables; what a newer one left is refused clearly and
# stays as it was.
# shellcheck disable=SC2034,SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
command -v sqlite3 >"$OUT" || skip_all 'no sqlite3 here'
LEDGER=$BUILD/libexec/agent/agent-ledger
mkdir work && cd work || exit 99; good=$_meta/good
modeld_start 'set strict
set embeddings 4
default text "Re: {last}" usage in=1 out=2'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m AGENT_MODEL_API_KEY="$SECRET"
places() {	# a state of today, in the places of which $db and $s tell
	export AGENT_STATE="$TRASH/$1" AGENT_MEMORY="$TRASH/$1.db"
	agent-plan add today >"$OUT" && agent-mem store -n x today >"$OUT" && agent-chat -nq today >"$OUT" &&
	    echo '{"role":"user","content":"today"}' | agent-gate --ledger=on >"$OUT" || fail 'a state of today' "$(cat "$OUT")"
	plan=$(echo "$AGENT_STATE"/projects/*/plan.db) ledger=$(find "$AGENT_STATE" "$HOME" -name ledger.db | head -n 1)
}
tables() { sqlite3 "$1" 'SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE "sqlite_%" ORDER BY 1, 2; PRAGMA user_version; PRAGMA application_id'; }
places today
for n in AGENT_MEMORY plan ledger; do eval "tables \"\$$n\"" >"$TRASH/$n.today"; done
for i in 1 2 3; do printf '{"custom_id":"r%d","messages":[{"role":"user","content":"q%d"}]}\n' $i $i; done >in
had() {	# had FILE: that day's programs left one
	[ -f "$old/$1" ] && seen="$seen$1 "
}
seen=''

# row 34 (D T)
for old in "$ROOT"/tests/data/upgrade/*/; do
	v=$(basename "$old")
	places "old-$v"
	for n in AGENT_MEMORY:memory plan:plan ledger:ledger; do
		[ -f "$old/${n#*:}.sql" ] || continue
		eval "db=\$${n%:*}"
		rm -f "$db" "$db-wal" "$db-shm"; sqlite3 "$db" <"$old/${n#*:}.sql"; chmod 600 "$db"
	done
	if had memory.sql; then
		# Who reads first, and does not write, brings it up to date.
		is "$(agent-mem search -n old 'staging server' -k 1 | jq -r .id)" m1 "$v: found"
		ok "$v: memories are sound" agent-mem check
		is "$(agent-mem get -n old m1 --history | jq -r '.history[0].text')" 'The staging server is moved every Friday.' "$v: as it was before" ||
		    diag "$(agent-mem get -n old m1 --history)"
		ok "$v: stored beside" agent-mem store -n old 'The staging server is blue.'
		is "$(agent-mem search -n old 'staging server' | wc -l)" 2 "$v: found, too"
		if grep -q 'INSERT INTO vector ' "$old/memory.sql"; then
			before=$(grep -c 'INSERT INTO vector ' "$old/memory.sql")
			is "$(sqlite3 "$AGENT_MEMORY" 'SELECT count(*), max(length(data) > 0) FROM vector')" "$before|1" "$v: vectors are kept"
			ok "$v: and what has none gets one" agent-mem embed --model vec
			is "$(sqlite3 "$AGENT_MEMORY" 'SELECT count(*) FROM vector')" $((before + 1)) "$v: one"
		fi
	fi
	if had plan.sql; then
		ok "$v: the plan is sound" agent-plan check
		is "$(agent-plan list --ids | tr '\n' ' ')" '1 2 ' "$v: its tasks"
		is "$(agent-plan log --json | jq -r 'select(.text).text')" 'It is small.' "$v: its notebook"
		ok "$v: a task is claimed" agent-plan next
		ok "$v: one is added" agent-plan add third --needs 2
	fi
	if had ledger.sql; then
		ok "$v: the books" "$LEDGER" check
		ok "$v: are gone on with" sh -c 'echo "{\"role\":\"user\",\"content\":\"Hi.\"}" | agent-gate --ledger=on'
		is "$("$LEDGER" usage --json | jq -c 'select(.total) | [.requests, .input_tokens, .output_tokens]')" '[2,11,7]' "$v: with what was spent"
	fi
	if had session.jsonl; then
		s=${plan%/*}/sessions; rm -f "$s"/*; cp "$old/session.jsonl" "$s/was.jsonl"
		is "$(agent-chat sessions --json | jq -c '[.turns, .words]')" '[2,"list files"]' "$v: the session is listed"
		ok "$v: the session is gone on with" agent-chat -n --resume was on
		is "$(cat "$OUT") $(wc -l <"$ERR")" 'Re: on 0' "$v: quietly" || diag "$(cat "$ERR")"
		is "$(jq -s 'map(.seq) == [range(length)]' "$s/was.jsonl")" true "$v: in order"
		is "$(jq -c 'select(.body.messages?) | .body.messages | map(.role)' "$MODELD_LOG" | tail -n 1)" \
		    '["system","user","assistant","tool","assistant","user","assistant","user"]' "$v: with all that was said"
	fi
	if had answers.jsonl; then
		cp "$old/answers.jsonl" answers
		ok "$v: a batch that was killed is gone on with" agent-gate batch -q -o answers in
		is "$(jq -r '[.custom_id, .response.body.choices[0].message.content] | join(" ")' answers | sort | tr '\n' ',')" \
		    'r1 ok,r2 ok,r3 Re: q3,' "$v: what was answered is not asked again"
	fi
	for n in AGENT_MEMORY plan ledger; do
		eval "tables \"\$$n\"" | diff - "$TRASH/$n.today" >"$OUT"
		_if $? "$v: $n has the tables of today: who changes them adds a step to the schema" "$(cat "$OUT")"
	done
	is "$(sqlite3 "$plan" 'PRAGMA integrity_check')$(sqlite3 "$AGENT_MEMORY" 'PRAGMA integrity_check')$(sqlite3 "$ledger" 'PRAGMA integrity_check')" okokok "$v: so SQLite says"
done
for f in memory.sql plan.sql ledger.sql session.jsonl answers.jsonl; do
	like "$seen" "$f .*$f " "more than one day left $f"
done
modeld_ok 'every request was a valid talk'
# And back: files of the version after this one.
for n in AGENT_MEMORY plan ledger; do
	eval "db=\$$n"
	sqlite3 "$db" "PRAGMA user_version = $(($(sqlite3 "$db" 'PRAGMA user_version') + 1)); PRAGMA wal_checkpoint(TRUNCATE)" >"$OUT"
	sum=$(cksum <"$db")
	case $n in
	AGENT_MEMORY) status_is 78 agent-mem search -n old staging ;;
	plan) status_is 78 agent-plan list ;;
	ledger) status_is 78 "$LEDGER" usage ;;
	esac
	like "$(wc -l <"$ERR") $(cat "$ERR")" '^1 .*newer version' 'a newer one: says so'
	is "$(cksum <"$db")" "$sum" 'and leaves it as it is'
done
no_children_left
secretless
done_testing
