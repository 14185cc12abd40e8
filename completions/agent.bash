# shellcheck shell=bash
# Completion of the agent commands for bash, and of the helpers in libexec when
# they are typed by hand.
#
# What may stand where is known to complete.sh among the toolkit's data.  This
# hands it the line, and readline what of the answer begins like the word.

_agent()
{
	local share line=${COMP_LINE:0:COMP_POINT} word text cur prefix='' words=() i

	COMPREPLY=()
	share=$(agent-chat --jq-path 2>/dev/null </dev/null) || return 0
	# Readline breaks words at "=" and ":", of which models are full: what
	# no blank is between belongs together.
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		text=${line#"${line%%[![:blank:]]*}"}
		((${#word} <= ${#text})) || word=$text
		if [[ $i == 0 || $i == "$COMP_CWORD" && ! $line || $text != "$line" ]]; then
			words+=("$word")
		else
			words[-1]+=$word
		fi
		line=${text#"$word"}
	done
	cur=${words[-1]}
	[[ $cur != --*=* ]] || prefix=${cur%%=*}= cur=${cur#*=}
	# What readline takes for the word to replace begins behind these.
	[[ $COMP_WORDBREAKS != *=* ]] || prefix=''
	text=${cur##*:} i=0
	[[ $COMP_WORDBREAKS != *:* ]] || i=$((${#cur} - ${#text}))
	while IFS= read -r line; do
		word=${line%%$'\t'*}
		case $line in
		$'\t'*)
			compopt -o filenames 2>/dev/null
			[[ $line == *folders ]] && text=-d || text=-f
			while IFS= read -r word; do
				COMPREPLY+=("$prefix${word:i}")
			done < <(compgen "$text" -- "$cur")
			;;
		"$cur"*)
			# A name that somebody else chose is no shell code.
			text=${word:i}
			[[ ! $text =~ [^[:alnum:]_./:=,@%+-] ]] || printf -v text %q "$text"
			COMPREPLY+=("$prefix$text")
			[[ $word != --*= ]] || compopt -o nospace 2>/dev/null
			;;
		esac
	done < <(sh "$share/../complete.sh" "$1" "${words[@]:1}" 2>/dev/null)
}

complete -F _agent agent-gate agent-tool agent-chat agent-mem agent-plan \
    agent-acp agent-fetch agent-jail agent-ledger agent-mcp agent-netgate \
    agent-pyexe agent-serve agent-view
