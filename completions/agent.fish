# Completion of the agent commands for fish (agent-serve is agent-gate serve).
#
# Options, their arguments, their explanations and the sub-commands are read
# out of --help, so they are those of the program that is installed; models,
# tools and sessions are asked of the programs, which stay silent here.

# "--name=ARG<tab>text" and "-n=ARG<tab>text" of a command and its verb.
function __agent_options
	$argv --help 2>/dev/null </dev/null | sed -n '/^Options:/,/^$/p' |
		string replace -rf \
			'^ +(?:(-[^-]), )?(--[^ =]+)(=[^ ]+)?(?: +(.*))?$' \
			'$1$3\t$4\n$2$3\t$4' | string match -r '^-.*'
end

# The sub-commands: they follow the name of the command in its synopsis, or
# stand at the left with their explanation.
function __agent_verbs
	$argv --help 2>/dev/null </dev/null |
		string replace -r '^Usage: ' '' |
		string replace -rf "^(?: *$argv[1] |  (?=[^ ]*  ))([a-z][a-z-]*)(?: .*)?\$" '$1'
end

# The names in the first column of what a command prints.
function __agent_names
	$argv 2>/dev/null </dev/null | string replace -r '\s.*' ''
end

# __agent_values OPTION ARGUMENT TOKEN: what may follow an option.
function __agent_values
	switch "$argv[1]:$argv[2]"
		case '--model:*' '-m:*' '--show-profile:*'
			__agent_names agent-gate models
		case '*:TASK'
			__agent_names agent-plan list --ids
		case '*:SESSION' '*:ID'
			__agent_names agent-chat sessions
		case '--namespace:*' '-n:*'
			__agent_names agent-mem namespaces --format text
		case '*:TOOL*' '--tools:*'
			__agent_names agent-tool list --names
		case '*|*'
			string split '|' -- $argv[2]
		case '*DIR'
			__fish_complete_directories $argv[3] ''
		case '*:FILE' '*:PATH'
			__fish_complete_path $argv[3] ''
	end
end

function __agent_complete
	set -l cmd $argv[1]
	set -l token (commandline -ct)
	set -l before (commandline -opc)
	# These have options of their own.
	set -l verb (string match -r '^(?:batch|embed|mcp|parse|serve|usage)$' -- $before[2])
	if string match -qr '(^|/)agent-plan$' -- $cmd; and string match -qr '^[a-z]' -- $before[2]
		set verb $before[2]
	end
	set -l options (__agent_options $cmd $verb)
	set -l option $before[-1]
	set -l prefix ''
	set -l value $token
	if string match -qr '^--[^=]+=' -- $token
		set option (string replace -r '=.*' '' -- $token)
		set value (string replace -r '^[^=]*=' '' -- $token)
		set prefix $option=
	end
	set -l argument (string match -r '^'(string escape --style=regex -- $option)'=([^\t]*)' -- $options)[2]
	if test -n "$argument"
		for word in (__agent_values $option $argument $value)
			echo $prefix$word
		end
	else if string match -q -- '-*' $token
		# An option that takes an argument is completed up to the sign.
		string replace -r '^(-[^-])=[^\t]*' '$1' -- $options |
			string replace -r '^(--[^=\t]*=)[^\t]*' '$1'
	else
		if test (count $before) -eq 1
			__agent_verbs $cmd
		else if test "$before[2]" = mcp -a (count $before) -eq 2
			__agent_verbs $cmd mcp
		else if test "$before[2]" = mcp -a (count $before) -eq 3
			__agent_names $cmd mcp list
		end
		__fish_complete_path $token ''
	end
end

for cmd in agent-gate agent-tool agent-chat agent-mem agent-plan
	complete -c $cmd -f -a "(__agent_complete $cmd)"
end
