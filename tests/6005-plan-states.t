#!/bin/sh
# agent-plan(5): the table of states and moves is what agent-plan does.
. "$(dirname "$0")/lib.sh"

# Rows of the page: a state, then what each move makes of it, - for nothing.
awk '/^\.It Em state Ta/ { on = 1; for (i = 3; i <= NF; i++)
	if ($i != "state" && $i != "Ta") moves = moves " " $i; print "moves" moves; next }
    on && /^\.El/ { exit }
    on { sub(/^\.It /, ""); n = split($0 " ", cell, / ?Ta ?/); line = ""
	for (i = 1; i <= n; i++) { gsub(/^ +| +$/, "", cell[i])
	    line = line " " (cell[i] == "" ? "-" : cell[i] == "as before" ? "before" : cell[i]) }
	print substr(line, 2) }' "$ROOT/man/agent-plan.5" >rows
is "$(wc -l <rows)" 6 'the page has a table'
plan() { agent-plan "$@" >"$OUT" 2>"$ERR"; }
state() { agent-plan status --json | jq -r .state; }
reach() {	# reach STATE, in a project of its own
	n=$((n + 1)); mkdir "p$n"; cd "p$n" || exit 99
	plan init Tea
	case $1 in executing | reviewing | complete) plan advance --force ;; esac
	case $1 in reviewing | complete) plan review --force ;; esac
	[ "$1" != complete ] || plan complete --force
	[ "$1" != paused ] || { plan advance --force; plan pause; }
	[ "$(state)" = "$1" ] || fail "$1 is reached" "$(state)"
}
n=0 bad=
read -r _ moves <rows
sed 1d rows >states
while read -r from cells; do
	for move in $moves; do
		want=${cells%% *} cells=${cells#* }
		reach "$from"
		case $move in
		advance | review | complete) force=--force ;;
		*) force='' ;;
		esac
		# shellcheck disable=SC2086
		st=0; plan "$move" $force || st=$?
		case $want in
		-) want="1 $from" ;;
		before) want='0 executing' ;;
		*) want="0 $want" ;;
		esac
		now=$(state)
		[ "$st $now" = "$want" ] || bad="$bad $from:$move:$st:$now"
		cd ..
	done
done <states
is "$n" 30 'every move from every state'
is "$bad" '' 'leads where the page says, or nowhere with status 1'
done_testing
