# Completion of the agent commands for fish, and of the helpers in libexec when
# they are typed by hand.
#
# What may stand where is known to complete.sh among the toolkit's data.  This
# hands it the line, and fish the answer with its explanations.

function __agent_complete
	set -l share (agent-chat --jq-path 2>/dev/null </dev/null)
	or return
	set -l token (commandline -ct)
	set -l before (commandline -opc)
	set -l prefix (string match -r '^--[^=]+=' -- $token; or echo)
	set -l value (string replace -r '^--[^=]+=' '' -- $token)
	for line in (sh $share/../complete.sh $before $token 2>/dev/null)
		switch $line
			case \tfolders
				for path in (__fish_complete_directories $value '')
					printf '%s\n' $prefix$path
				end
			case \tfiles
				for path in (__fish_complete_path $value '')
					printf '%s\n' $prefix$path
				end
			case '*'
				printf '%s\n' $prefix$line
		end
	end
end

complete -c agent-gate -c agent-tool -c agent-chat -c agent-mem -c agent-plan \
	-c agent-acp -c agent-fetch -c agent-jail -c agent-ledger -c agent-mcp \
	-c agent-netgate -c agent-pyexe -c agent-serve -c agent-view \
	-f -a '(__agent_complete)'
