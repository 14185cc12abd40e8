#!/bin/sh
# The manual pages: their examples of lines conform to the schemas, and what
# they list agrees with the code and the schemas.  6010-examples.t runs the
# examples of commands.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
schema=$ROOT/share/agent/schema
err=$ROOT/lib/base/err.c

check() { sh "$ROOT/tests/conform.sh" "$@" || echo 'conform.sh failed'; }
# lines FILE: is every line one JSON object?
lines() {
	while read -r line; do
		printf '%s\n' "$line" | jq -e 'type == "object"' || return 1
	done <"$1" >why 2>&1
}
# conforms SCHEMA FILE NAME
conforms() {
	lines "$2"; _if $? "$3: one object a line" "$(cat why)"
	[ -s "$2" ] || fail "$3: is empty"
	is "$(check "$1" "$2")" '' "$3: conforms"
}
# nonconforming SCHEMA FILE NAME
nonconforming() {
	good=
	while read -r line; do
		printf '%s\n' "$line" >one
		[ -n "$(check "$1" one)" ] || good=$line
	done <"$2"
	is "$good" '' "$3: no line conforms"
}
# filed FILE NAME: the rules of a whole session file.
filed() {
	jq -se '.[0].type == "session" and .[-1].type == "result"' "$1" >why
	_if $? "$2: from session to result" "$(cat why)"
	jq -se 'map(.seq) == [range(length)]' "$1" >why
	_if $? "$2: seq has no gaps" "$(cat why)"
	jq -se '.[-1] | .is_error == (.exit_code != 0)' "$1" >why
	_if $? "$2: is_error agrees with exit_code" "$(cat why)"
}
# dialogue FILE NAME: "> line" goes to the child, "< line" comes from it.
dialogue() {
	sed -n 's/^> //p' "$1" >in; sed -n 's/^< //p' "$1" >out
	is "$(grep -cv '^[<>] {' "$1")" 0 "$2: only dialogue"
	conforms 'protocol.schema.json#/$defs/in' in "$2, to the child"
	conforms 'protocol.schema.json#/$defs/out' out "$2, from it"
}

for page in "$ROOT"/man/*.[1-9]; do
	name=${page##*/}
	mkdir -p "ex/$name"
	awk -v dir="ex/$name" -f "$ROOT/tests/examples.awk" "$page" >list ||
	    fail "$name: examples are found"
	[ -s list ]; _if $? "$name: has examples" none
	while read -r n line kind _; do
		f=ex/$name/$n at="$name:$line"
		case $kind in
		message) conforms message.schema.json "$f" "$at" ;;
		event) conforms event.schema.json "$f" "$at" ;;
		talk) conforms 'protocol.schema.json#/$defs/talk' "$f" "$at" ;;
		session)
			conforms 'event.schema.json#/$defs/filed' "$f" "$at"
			filed "$f" "$at"
			;;
		protocol) dialogue "$f" "$at" ;;
		not-message) nonconforming message.schema.json "$f" "$at" ;;
		not-event) nonconforming event.schema.json "$f" "$at" ;;
		json) lines "$f"; _if $? "$at: JSON" "$(cat why)" ;;
		config)
			jq -e 'type == "object"' "$f" >why 2>&1
			_if $? "$at: one object" "$(cat why)"
			jq -r keys_unsorted[] "$f" >>used
			;;
		run | walls | options | output | text) ;;
		*) fail "$at: the example is marked, not $kind" ;;
		esac
	done <list
done

# The table of exit statuses: name, status and retry, in the same order.
sed -n 's/^	{ ERR_[A-Z]*,[	 ]*"\([a-z_]*\)",[	 ]*\([0-9]*\),[	 ]*\([a-z]*\) .*/\2 \1 \3/p' \
    "$err" | sed 's/true$/yes/; s/false$/no/' >table
sed -n 's/^\.It \([0-9]*\) Ta \([a-z_]*\) Ta \([a-z]*\) Ta ..*/\1 \2 \3/p' \
    "$ROOT/man/agent.7" >printed
[ -s table ]; _if $? 'lib/base/err.c has a table' "$(head -n 40 "$err")"
is "$(cat printed)" "$(cat table)" 'agent(7) prints the table of lib/base/err.c'

# The codes of error events are the names of that table.
is "$(jq -r '.allOf[] | select(.if.properties.type.const == "error")
	| .then.properties.code.enum[]' "$schema/event.schema.json")" \
    "$(awk '$2 != "none" { print $2 }' table)" \
    'the schema has the codes of lib/base/err.c'

# The types of events, and their required members, in page and schema.
jq -r '.allOf[].if.properties.type.const' "$schema/event.schema.json" \
    >types
sed -n '/^\.Ss Types/,/^\.Pp/s/^\.It Cm //p' "$ROOT/man/agent-events.5" \
    >listed
is "$(sort listed)" "$(sort types)" 'agent-events(5) lists the types of the schema'
while read -r type; do
	sed -n "/^\.Ss Types/,/^\.Sh/{/^\.It Cm $type\$/,/^\.It Cm/p;}" \
	    "$ROOT/man/agent-events.5" >entry
	for m in $(jq -r --arg t "$type" '.allOf[]
	    | select(.if.properties.type.const == $t) | .then.required // []
	    | .[] | select(IN("session_id", "ts") | not)' \
	    "$schema/event.schema.json"); do
		grep -qE "^\.Cm( .* ,)* $m( |\$)" entry ||
		    fail "agent-events(5): $type has $m" "$(cat entry)"
	done
done <types
pass 'agent-events(5) names the required members'

# Settings: page and source name the same ones, with the same variables.
cat "$ROOT"/cmd/*.c "$ROOT"/lib/*/*.c | tr '\n\t' '  ' |
    grep -oE '([A-Z]] = \{ |conf_(str|int|bool)\([a-z>-]+, *)"[a-z_]+", *("([A-Z]+_[A-Z_]+)"|NULL)' |
    sed 's/^[^"]*"\([a-z_]*\)", */\1 /; s/ NULL$//; s/"//g' >in.source
cat "$ROOT"/lib/*/*.c | grep -o 'conf_json(c, "[a-z_]*")' |
    sed 's/.*"\(.*\)".*/\1/' >>in.source
sort -u -o in.source in.source
sed -n 's/^\.It Cm \([a-z_]*\)\( Bq Ev \([A-Z_]*\)\)\{0,1\}$/\1 \3/p' \
    "$ROOT/man/agent-config.5" | sed 's/ $//' | sort -u >in.page
[ "$(wc -l <in.source)" -gt 10 ]; _if $? 'the source has settings' "$(cat in.source)"
is "$(cat in.page)" "$(cat in.source)" 'agent-config(5) lists the settings'
sample=$ROOT/share/agent/config.sample.json
jq -r keys_unsorted[] "$sample" >>used
is "$(sort -u used | while read -r k; do
	grep -qE "^$k( |\$)" in.page || echo "$k"
done)" '' 'the sample and the examples use no others'

# Variables: what the programs read is in agent(7) or agent-config(5), and the
# other way round.  Those that begin with AGENT_FIXED_ are for tests.
cat "$ROOT"/cmd/*.c "$ROOT"/lib/*/*.c | grep -v '^ \*' |
    grep -oE '"(AGENT_[A-Z_]+|NO_COLOR)"' | tr -d '"' |
    grep -v '^AGENT_FIXED_' | sort -u >in.source
sed -n 's/^\.It Ev //p' "$ROOT/man/agent.7" | sed 's/ , /\n/g' |
    grep -E '^(AGENT_|NO_COLOR)' | sort -u >in.page
is "$(cat in.page)" "$(cat in.source)" 'agent(7) lists the variables'

# Limits that agent-protocol(7) names.
like "$(cat "$ROOT/lib/base/base.h")" 'LINE_MAX[^0-9]*64 \* 1024 \* 1024' \
    'a line is at most 64 MiB'
like "$(cat "$ROOT/lib/json/js.h")" 'JS_DEPTH[^0-9]*200$' \
    'values are nested at most 200 deep'

# Every rule of the schemas is one that the checker knows.
echo '{"type":"x"}' >one
unlike "$(check event.schema.json one; check message.schema.json one;
	check protocol.schema.json one)" 'not known|names no schema' \
    'the checker knows the keywords'
done_testing
