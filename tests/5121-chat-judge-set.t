#!/bin/sh
# The judge, measured: not a word on 40 sessions and more of ordinary work, and the right
# one on each that goes amiss.  data/judge/README says what the sessions are.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
D=$ROOT/tests/data/judge
project() {
	mkdir -p "$TRASH/new/src" "$TRASH/new/t" "$TRASH/new/n" && cd "$TRASH/new" || exit 99
	echo 'A shop for tea.' >README
	echo 'int cup(void) { return 1; }' >src/cup.c
	echo 'int pour(void) { return 2; }' >src/pot.c
	# Tests as quick as can be: what does not compile has "bad" in it.
	printf 'check test:\n\t@! grep -n "return bad" src/*.c\n' >Makefile
	for t in all one two; do printf 'echo %s fails\n' $t >t/$t; chmod +x t/$t; done
	for i in 1 2 3 4 5 6 7 8; do echo same >n/$i; done
	seq 200 >big.txt
	printf 'name,price\ngreen,3\nblack,2\nwhite,5\n' >tea.csv
	git init -q . && git add . && git -c user.name=t -c user.email=t@t commit -qm t
}
# What the judge said in $OUT, and the status when it is not 0.
said() {
	jq -r 'select(.type == "notice").code' "$OUT" | tr '\n' ' '
	[ "$STATUS" = 0 ] || printf '%s ' "$STATUS"
}
run() {	# run FILE: each session of it
	modeld_start "$D/$1"
	export AGENT_MODEL_URL="$URL" AGENT_MODEL=test-model
	while IFS= read -r line; do
		case $line in '# '*) ;; *) continue ;; esac
		name=${line#\# } want=''
		case $name in *': '*) want="${name#*: } " name=${name%%: *} ;; esac
		rm -rf "$TRASH/work" && cp -a "$TRASH/new" "$TRASH/work" && cd "$TRASH/work" || exit 99
		# What an answer is follows from the order alone.
		_run agent-chat -n --no-session --yes --brief none --format events \
		    --max-steps 40 "Please: $name"
		is "$(said)" "$want" "$1: $name" || diag "$(cat "$ERR")"
	done <"$D/$1"
	modeld_ok "$1: good requests"
	is "$(jq -s 'map(select(.status >= 400)) | length' "$MODELD_LOG")" 0 "$1: every answer was used"
	modeld_stop
}
project
run ordinary
run amiss
is "$(($(grep -c '^# ' "$D/ordinary") >= 40))" 1 'enough of ordinary work'
no_children_left
done_testing
