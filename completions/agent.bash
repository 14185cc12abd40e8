# shellcheck shell=bash
# Completion of the agent commands for bash (agent-serve is agent-gate serve).
#
# Options, their arguments and the sub-commands are read out of --help, so they
# are those of the program that is installed; models, tools and sessions are
# asked of the programs, which stay silent here when they have nothing to say.

# "-n=ARG" and "--name=ARG" of a command and its verb, one a line.
_agent_options()
{
	"$@" --help 2>/dev/null </dev/null | sed -n '/^Options:/,/^$/{
		s/^ *\(-[^-]\), --\([^ =]*\)\(=[^ ]*\)\{0,1\} .*/\1\3 --\2\3 /
		s/^ *\(-[^ ]*\( --[^ ]*\)\{0,1\}\).*/\1/p
	}' | tr ' ' '\n'
}

# The sub-commands: they follow the name of the command in its synopsis, or
# stand at the left with their explanation.
_agent_verbs()
{
	"$@" --help 2>/dev/null </dev/null | sed -n "/^Usage:/,/^Options:/{
		s/^Usage: *//
		s/^ *${1##*/} \([a-z][a-z-]*\)\( .*\)\{0,1\}\$/\1/p
		s/^  \([a-z][a-z-]*\)  .*/\1/p
	}"
}

# The names in the first column of what a command prints.
_agent_names()
{
	"$@" 2>/dev/null </dev/null | cut -d '	' -f 1 | cut -d ' ' -f 1
}

# _agent_values OPTION ARGUMENT CUR: what may follow an option.
_agent_values()
{
	local words='' kind=-f

	case $1:$2 in
	--model:* | -m:* | --show-profile:*) words=$(_agent_names agent-gate models) ;;
	*:TASK) words=$(_agent_names agent-plan list --ids) ;;
	*:SESSION | *:ID) words=$(_agent_names agent-chat sessions) ;;
	--namespace:* | -n:*) words=$(_agent_names agent-mem namespaces --format text) ;;
	*:TOOL* | --tools:*) words=$(_agent_names agent-tool list --names) ;;
	*:*DIR) kind=-d ;;
	*:*\|*) words=${2//|/ } ;;
	*:FILE | *:PATH) ;;
	*) return ;;
	esac
	if [[ $words ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$3")
	else
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen $kind -- "$3")
	fi
}

_agent()
{
	local cmd=$1 cur=${COMP_WORDS[COMP_CWORD]} option='' words='' w i
	local line=${COMP_LINE:0:COMP_POINT} options verb=()

	COMPREPLY=()
	# Readline breaks words at "=" and ":", of which models are full.
	line=${line##*[[:space:]]}
	if [[ $line == --*=* ]]; then
		option=${line%%=*} cur=${line#*=}
	elif [[ $line == *:* ]]; then
		cur=$line
	fi
	if [[ ! $option ]] && ((COMP_CWORD > 0)); then
		line=${COMP_LINE:0:COMP_POINT}
		line=${line%[[:space:]]*}
		option=${line##*[[:space:]]}
	fi
	# These have options of their own.
	[[ $COMP_CWORD -lt 2 || ( ${COMP_WORDS[1]} != @(batch|embed|mcp|parse|serve|usage) &&
	    $cmd/${COMP_WORDS[1]} != *agent-plan/[a-z]* ) ]] ||
	    verb=("${COMP_WORDS[1]}")
	options=$'\n'$(_agent_options "$cmd" "${verb[@]}")
	if [[ $option == -* && $options == *$'\n'"$option="* ]]; then
		w=${options#*$'\n'"$option="}
		_agent_values "$option" "${w%%$'\n'*}" "$cur"
	elif [[ $cur == -* ]]; then
		# An option that takes an argument is completed up to the sign.
		for w in $options; do
			case $w in
			--*=*) words+=" ${w%%=*}=" ;;
			*) words+=" ${w%%=*}" ;;
			esac
		done
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	else
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(
			((COMP_CWORD > 1)) ||
			    compgen -W "$(_agent_verbs "$cmd")" -- "$cur"
			[[ ${COMP_WORDS[1]}/$COMP_CWORD != mcp/2 ]] ||
			    compgen -W "$(_agent_verbs "$cmd" mcp)" -- "$cur"
			[[ ${COMP_WORDS[1]}/$COMP_CWORD != mcp/3 ]] ||
			    compgen -W "$(_agent_names "$cmd" mcp list)" -- "$cur"
			compgen -f -- "$cur"
		)
	fi
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		for i in "${!COMPREPLY[@]}"; do
			COMPREPLY[i]=${COMPREPLY[i]#"${cur%"${cur##*:}"}"}
		done
	fi
}

complete -F _agent agent-gate agent-tool agent-chat agent-mem agent-plan
