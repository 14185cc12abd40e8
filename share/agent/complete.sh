#!/bin/sh
# complete.sh COMMAND WORD...: what may stand in place of the last WORD, for the
# completions of bash, zsh and fish, which only hand the line over.
#
# Prints lines of a word, a tab and an explanation; "<tab>files" and
# "<tab>folders" stand for those of the file system.  Of a last word such as
# --name=CUR only CUR is meant.  The caller keeps what begins rightly.
#
# Options, what they take and sub-commands are read out of --help, so they are
# those of the program that is installed.  Models, tools, sessions and so on are
# asked of the programs.  Nothing is said when a program has nothing to say, and
# a server gets a second to answer.
exec 2>/dev/null </dev/null
export AGENT_MCP_SILENCE_MS=500
tab='	'
share=$(dirname "$0")
program=$1
command=${1##*/}
shift

# help [VERB]: its options, as "o -n --name ARG text", "-" for what there is
# not, and its verbs, as "v name text".
help() {
	"$program" "$@" --help | awk -v name="$command" '
	BEGIN { verb = " [a-z][a-z-]*( \\| [a-z][a-z-]*)*( |$)" }
	/^Usage:/ { usage = 1 }
	/^Options:/ { options = 1; next }
	/^$/ { options = 0 }
	!options && usage && match($0, "^(Usage:)? *" name verb) {
		n = split(substr($0, RSTART, RLENGTH), word, /[ |]+/)
		for (i = 1; i <= n; i++)
			if (word[i] ~ /^[a-z]/ && word[i] != name)
				found(word[i], "")
	}
	!options && usage && /^  [a-z][a-z-]*  +[^ ]/ {
		text = $0
		sub(/^  [^ ]* +/, "", text)
		found($1, text)
	}
	options && match($0, /^ +(-[^-], )?--?[^ =]+/) {
		text = $0
		sub(/^ +/, "", text)
		short = "-"
		if (text ~ /^-[^-], /) {
			short = substr(text, 1, 2)
			text = substr(text, 5)
		}
		long = text
		sub(/ .*/, "", long)
		sub(/^[^ ]* */, "", text)
		arg = "-"
		if (i = index(long, "=")) {
			arg = substr(long, i + 1)
			long = substr(long, 1, i - 1)
		}
		line = "o " short " " long " " arg
		if (text != "")
			print line, text
		next
	}
	# Behind a long name there is room in the next line only.
	options && text == "" && /^ +[^ -]/ {
		sub(/^ +/, "")
		print line, $0
		text = $0
	}
	function found(v, text) {
		if (!(v in verbs))
			order[++count] = v
		if (text != "" || !(v in verbs))
			verbs[v] = text
	}
	END {
		for (i = 1; i <= count; i++)
			print "v", order[i], verbs[order[i]]
	}'
}

# option NAME: sets long and arg to those of the option, or fails.
option() {
	long='' arg=''
	while read -r type short l a _; do
		case $type:$1 in
		"o:$short" | "o:$l") long=$l arg=$a; return 0 ;;
		esac
	done <<-END
	$known
	END
	return 1
}

# The names in the first column of what a command prints.
names() {
	"$@" | sed -n "s/^\([^ $tab][^ $tab]*\).*/\1/p"
}

# The names of skills, from here up to the root of the repository, and the
# user's.
skills() {
	dir=$(pwd -P)
	top=$(git rev-parse --show-toplevel) || top=$dir
	set -- "${XDG_DATA_HOME:-$HOME/.local/share}/agent/skills" \
	    "$HOME/.agents/skills"
	while set -- "$dir/.agents/skills" "$@" && [ "$dir" != "$top" ] &&
	    [ -n "${dir%/*}" ]; do
		dir=${dir%/*}
	done
	find -L "$@" -maxdepth 7 -name '.[!.]*' ! -path '*/.agents' -prune -o \
	    -name SKILL.md -print | sed 's,/SKILL.md$,,; s,.*/,,' | sort -u
}

# words KIND...: lists them.
words() {
	for kind; do
		case $kind in
		-) ;;
		+files | +folders) printf '\t%s\n' "${kind#+}" ;;
		+model) names agent-gate models --connect-timeout=500ms --timeout=1s ;;
		+tool) names agent-tool list --names ;;
		+server) names agent-tool mcp list ;;
		+namespace) names agent-mem namespaces --format text ;;
		+memory) agent-mem list --format text | awk '
			/^[^ ]/ { id = $1 }
			/^ / && id { sub(/^ */, ""); print id "\t" $0; id = "" }' ;;
		+session) agent-chat sessions | sed 's/  */'"$tab"'/' ;;
		+task) agent-plan list |
			sed -n 's/^ *\([0-9][0-9]*\)  *[^ ]*  */\1'"$tab"'/p' ;;
		+claim) agent-plan list --status running --json | sed -n \
			's/^{"id":\([0-9]*\),.*"attempt":\([0-9]*\).*/\1.\2/p' ;;
		+profile) sed -n 's/.*{ "name": "\([^"]*\)".*/\1/p' \
			"$share/profiles/models.json" ;;
		+template) agent-chat prompts | sed "s/   */$tab/" ;;
		+skill) skills ;;
		+verb) printf '%s\n' "$known" |
			sed -n 's/^v \([^ ]*\) */\1'"$tab"'/p' ;;
		*) printf '%s\n' "$kind" ;;
		esac
	done
}

# values: of the option that $long and $arg say.
values() {
	case $command:$long:$arg in
	agent-tool:--profile:*) words workspace read-only full-read ;;
	agent-gate:--profile:*) words +profile ;;
	*:--model:* | *:--fallback:* | *:--show-profile:*) words +model ;;
	*:--template:*) words +template ;;
	*:--skill:*) words +skill ;;
	*:--namespace:*) words +namespace ;;
	*:*:TASK) words +task ;;
	*:--session:* | *:--resume:*) words +session ;;
	agent-chat:--format:*) words text json events ;;
	agent-chat:--compact:*) words auto rules off ;;
	*:--recover:*) words auto on off ;;
	agent-plan:--status:*) words all open ready waiting running 'done' dead ;;
	*:--tools:LIST)
		case $cur in
		*,*) before=${cur%,*}, ;;
		*) before= ;;
		esac
		words +tool | while read -r word; do
			printf '%s\n' "$before$word"
		done
		;;
	*:*:*DIR) words +folders ;;
	*:*:FILE | *:*:PATH) words +files ;;
	*:*:*\|*) printf "%s\n" "$arg" | tr "|" "\n" ;;
	esac
}

# operands: behind $verb and $operands words more.
operands() {
	case $command:$verb:$operands:$last in
	agent-tool:call:0:* | agent-tool:check:0:* | agent-tool:test:0:* | \
	agent-tool:demote:0:*) words +tool ;;
	agent-tool:mcp:0:*) words +verb ;;
	agent-tool:mcp:*:test | agent-tool:mcp:*:refresh | \
	agent-tool:mcp:1:resources | agent-tool:mcp:1:prompts | \
	agent-tool:mcp:1:remove) words +server ;;
	agent-chat:prompts:0:*) words import ;;
	agent-chat:sessions:0:*) words search name export remove ;;
	agent-chat:sessions:1:name | agent-chat:sessions:1:export | \
	agent-chat:sessions:1:remove) words +session ;;
	agent-mem:get:* | agent-mem:update:0:* | agent-mem:forget:*) words +memory ;;
	agent-plan:edit:* | agent-plan:cancel:* | agent-plan:retry:* | \
	agent-plan:next:* | agent-plan:show:*) words +task ;;
	agent-plan:heartbeat:0:* | agent-plan:done:0:* | agent-plan:fail:0:* | \
	agent-plan:release:0:* | agent-plan:checkpoint:0:*) words +claim ;;
	agent-plan:patch:0:*) words add list show try reject ;;
	"$command"::*) words +verb +files ;;
	*) words +files ;;
	esac
}

known=$(help)
verb='' last='' operands=0 before='' only=''
while [ $# -gt 1 ]; do
	if [ -n "$before" ]; then
		before=
	elif [ -z "$only" ]; then
		case $1 in
		--) only=yes ;;
		--*=*) ;;
		-*) ! option "$1" || [ "$arg" = - ] || before=$1 ;;
		*)
			if [ -n "$verb" ]; then
				last=$1 operands=$((operands + 1))
			elif words +verb | cut -f 1 | grep -qxFe "$1"; then
				verb=$1
				of=$(help "$verb")
				[ -z "$of" ] || known=$of
			else
				verb=-
			fi
			;;
		esac
	fi
	shift
done
cur=${1-}
if [ -n "$only" ]; then
	words +files
elif [ -n "$before" ]; then
	option "$before"
	values
else
	case $cur in
	--*=*)
		option "${cur%%=*}" || exit 0
		cur=${cur#*=}
		values
		;;
	-*)
		# Those that take an argument are completed up to the sign.
		printf '%s\n' "$known" | while read -r type short long arg text; do
			[ "$type" = o ] || continue
			[ "$short" = - ] || printf '%s\t%s\n' "$short" "$text"
			[ "$arg" = - ] || long=$long=
			printf '%s\t%s\n' "$long" "$text"
		done
		;;
	*) operands ;;
	esac
fi
exit 0
