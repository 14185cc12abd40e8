#!/bin/sh
# Runs the commands of the manual pages' examples, each page in a workspace of
# its own, against a model server that keeps to the rules of strict servers.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
# The make that may run us is none of this.
unset MAKEFLAGS MFLAGS MAKELEVEL

modeld_start 'set strict
when last-role=tool text "There is a README, and two files in C."
when last-contains "List the files" tools=yes call list_files {"path":"."}
set models "qwen2.5-coder other"
when last-contains "Who wrote grep" text "{\"name\":\"Ken Thompson\",\"year\":1973}"
default text "Good day." usage in=12 out=3' --max-seconds 900
export AGENT_MODEL_URL="$URL" AGENT_MODEL=qwen2.5-coder
AGENT_DISCOVER=${URL##*:} AGENT_DISCOVER=${AGENT_DISCOVER%/v1}
# Examples of agent-jail call it by name.
PATH=$PATH:$BUILD/libexec/agent

# workspace DIR: a small project under git, a talk and a session.
workspace() {
	mkdir -p "$1" && cd "$1" || return 1
	echo 'Tea: a timer for tea.' >README
	printf 'int\nmain(void)\n{\n\treturn 0;\n}\n' >main.c
	printf 'int two(void) { return 2; }\n' >two.c
	# What commands make has a place already, as strict mode wants it.
	printf 'all check:\n\tcc -c -o obj/main.o main.c\n' >Makefile
	echo 'Steam is back.' >article.txt
	mkdir -p obj copy ~/.cargo/bin && : >copy/list
	echo 'ls >list' >copy/x.sh && cp copy/x.sh .
	git init -q . && git add . &&
	    git -c user.name=a -c user.email=a@b commit -qm begin &&
	    echo '/* more */' >>two.c && git add two.c
	agent-tool list --event >talk.jsonl
	echo '{"role":"user","content":"What is a pipe?"}' >>talk.jsonl
	# The session of agent-events(5).
	mkdir ../ex && awk -v dir=../ex -f "$ROOT/tests/examples.awk" \
	    "$ROOT/man/agent-events.5" |
	    sed -n 's/ .* session.*//p' >../ex/which
	cp "../ex/$(head -n 1 ../ex/which)" session.jsonl
	mkdir -p ~/.local/state/agent/projects/tea-00000000/sessions
	cp session.jsonl ~/.local/state/agent/projects/tea-00000000/sessions
}

# Other hosts and services, as far as an example sees them.
mkdir "$TRASH/elsewhere" && mkdir -p ~/src/tea
printf '#!/bin/sh\nshift && cd && exec sh -c "$*"\n' >"$TRASH/elsewhere/ssh"
cat >"$TRASH/elsewhere/curl" <<'EOT'
#!/bin/sh
# A collector of traces, or what it is.
case "$*" in
*:4318/v1/traces) exec jq -e .resourceSpans ;;
*) exec "$(command -v -p curl)" "$@" ;;
esac
EOT
mkdir "$TRASH/templates"
printf 'system: Write as in 1890.\nprompt: "Tell of: $input"\n' >"$TRASH/templates/steampunk.yaml"
printf '#!/bin/sh\necho %s\n' "$TRASH/templates" >"$TRASH/elsewhere/llm"
chmod +x "$TRASH/elsewhere"/*
PATH=$TRASH/elsewhere:$PATH

# options FILE: each command of ours in FILE knows the options it is given.
options() {
	sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$1" | tr '|;()' '\n\n\n\n' |
	    sed -n 's/ -- .*//; s/[<>&].*//; s/.*\(agent-[a-z]* *.*\)/\1/p' >"$1.own"
	[ -s "$1.own" ] || return 1
	while read -r own; do
		eval "$own --help" >"$OUT" 2>"$ERR" </dev/null || return
		[ -s "$OUT" ] && [ ! -s "$ERR" ] || return
	done <"$1.own"
}

count=0
for page in "$ROOT"/man/*.[1-9]; do
	name=${page##*/}
	mkdir -p "$TRASH/$name/list" && cd "$TRASH/$name" || exit 99
	(workspace "$TRASH/$name/tea") >log 2>&1 ||
	    { fail "$name: workspace" "$(cat log)"; continue; }
	awk -v dir="$TRASH/$name/list" -f "$ROOT/tests/examples.awk" "$page" >all
	cd tea || exit 99
	last=
	while read -r n line kind arg; do
		f=$TRASH/$name/list/$n
		case $kind in
		run | walls)
			# A kernel without them is a reason; other tests tell it.
			if [ "$kind" = walls ] && ! agent-jail --probe |
			    grep -q '"missing":\[\]'; then
				skip 'not all walls stand here' "$name:$line"
				continue
			fi
			timeout 60 sh "$f" >"$OUT" 2>"$ERR" </dev/null
			is "$?" "${arg:-0}" "$name:$line runs" ||
			    diag "$(cat "$f" "$ERR" "$OUT")"
			cp "$OUT" "$TRASH/last"; last=1
			count=$((count + 1))
			;;
		output)
			[ -n "$last" ] || fail "$name:$line: output of nothing"
			is "$(cat "$TRASH/last")" "$(cat "$f")" \
			    "$name:$line is what the example prints"
			;;
		options)
			options "$f"
			is "$?" 0 "$name:$line: the programs know the options" ||
			    diag "$(cat "$OUT" "$ERR")"
			;;
		esac
	done <../all
done
[ $count -ge 10 ]
_if $? 'examples were run' "only $count"
cd "$TRASH" || exit 99
modeld_ok 'every request was a good one'
no_children_left
done_testing
