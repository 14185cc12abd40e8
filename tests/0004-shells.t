#!/bin/sh
# The completions in the real bash, zsh and fish: each on a terminal, with live
# values, and never hanging on a server that does not answer.
. "$(dirname "$0")/lib.sh"
modeld_start 'set models "coder:7b coder:32b other"
default text hi'
export AGENT_MODEL_URL="$URL" TERM=xterm
mkdir -p .agents/skills/tidy work/inner
echo x >.agents/skills/tidy/SKILL.md
agent-plan init -q 'Port the parser' && agent-plan add -q 'the lexer' &&
    agent-plan add -q 'the parser' && agent-plan advance -q &&
    agent-plan next -q --worker me >claim
is "$(cut -f 1 claim)" 1.1 'a claim'
agent-mem store -n shelf 'tea is green' >/dev/null
agent-mem store 'coffee is brown' >stored
memory=$(jq -r .id stored)
agent-chat --offline 'Hello.' >said 2>&1
agent-tool mcp add tides -- cat >said 2>&1
session=$(agent-chat sessions | cut -d ' ' -f 1)
like "$session" '^[0-9T]+-[0-9a-f]+$' 'a session'

# What is typed, and what it becomes when Tab is pressed.  The blank at the end
# says that there is only that one.
cat >becomes <<EOT
agent-tool ca|agent-tool call
agent-tool call read_|agent-tool call read_file
agent-tool --tools=shell,edit|agent-tool --tools=shell,edit_file
agent-gate --mod|agent-gate --model=
agent-gate --model=coder:3|agent-gate --model=coder:32b
agent-gate -m o|agent-gate -m other
agent-chat --fallback=o|agent-chat --fallback=other
agent-chat --resume=|agent-chat --resume=$session
agent-chat --skill=|agent-chat --skill=tidy
agent-chat sessions name 2|agent-chat sessions name $session
agent-mem list -n s|agent-mem list -n shelf
agent-mem get m|agent-mem get $memory
agent-plan done 1|agent-plan done 1.1
agent-plan done --worker|agent-plan done --worker=
agent-gate --profile=herm|agent-gate --profile=hermes
agent-tool mcp test t|agent-tool mcp test tides
agent-chat -t nigh|agent-chat -t nightly
agent-plan --workspace=wor|agent-plan --workspace=work
agent-mem export --db sai|agent-mem export --db said
EOT
# Of several, what they have in common, and then all.
cat >lists <<EOT
agent-gate --model=co|coder:32b
agent-plan edit |2
agent-mem li|list
EOT

# script: what pty is to do: type each line, and look what becomes of it.
script() {
	echo 'expect READY'
	while IFS='|' read -r typed want; do
		printf 'send %s\\t\nexpect %s\nsend \\cA\\cK\n' "$typed" "$want"
	done <becomes
	while IFS='|' read -r typed want; do
		printf 'send %s\\t\\t\\t\nexpect %s\nsend \\cA\\cK\n' "$typed" "$want"
	done <lists
	printf 'send exit\\r\n'
}
# Not what was typed may fulfil the expectation: the line is cut into what it
# begins with, which the terminal shows as it is typed, and what is new.
news() {
	while IFS='|' read -r typed want; do
		rest=${want#"$typed"}
		[ "$rest" = "$want" ] || want=$rest
		printf '%s|%s\n' "$typed" "$want"
	done <"$1" >"$1.new" && mv "$1.new" "$1"
}
cp becomes becomes.fish
news becomes

if command -v bash >/dev/null; then
	cat >rc.bash <<-EOT
	PS1='READY '
	source "$ROOT/completions/agent.bash"
	bind 'set show-all-if-ambiguous on' 'set enable-bracketed-paste off'
	EOT
	ok 'bash' "$STUB/pty" "$(script)" bash --noprofile --rcfile rc.bash -i
else
	skip 'no bash here' 'bash'
fi

if command -v zsh >/dev/null; then
	mkdir -p functions
	cp "$ROOT/completions/_agent" functions/
	cat >"$HOME/.zshrc" <<-EOT
	PS1='READY ' fpath=("$TRASH/functions" \$fpath)
	autoload -U compinit && compinit -u -D
	unsetopt prompt_sp auto_list beep
	setopt list_ambiguous bash_auto_list
	unset zle_bracketed_paste
	bindkey -e
	EOT
	ok 'zsh' "$STUB/pty" "$(script)" zsh -d -i
else
	skip 'no zsh here' 'zsh'
fi

if command -v fish >/dev/null; then
	cat >try.fish <<-EOT
	source "$ROOT/completions/agent.fish"
	while read -l -d '|' typed want
		complete -C "\$typed" | string replace -r '\t.*' '' >offered
		set -l word (string match -r '[^ ]*\$' -- "\$want")
		contains -- "\$word" (string trim -r -c /= <offered)
		and test (count <offered) -eq 1
		or echo "\$typed: not \$word but" (cat offered)
	end <becomes.fish
	while read -l -d '|' typed want
		complete -C "\$typed" | string match -q -- "*\$want*"
		or echo "\$typed: not \$want"
	end <lists
	EOT
	sed 's/=$//' becomes.fish >b && mv b becomes.fish
	ok 'fish' fish --no-config try.fish
	is "$(cat "$OUT")" '' 'fish completes the same'
	is "$(fish --no-config -c "source '$ROOT/completions/agent.fish'
		complete -C 'agent-plan sh'")" 'show	the project or a task' \
	    'with what it is for'
else
	skip 'no fish here' 'fish'
fi

# Skills, wherever they may lie.
for dir in "$HOME/.agents/skills/far" "$HOME/.local/share/agent/skills/kitchen/tea" repo/.agents/skills/cup \
    repo/sub/.agents/skills/a/b/pot repo/sub/.agents/skills/.hidden/not elsewhere/linked .agents/skills/above; do
	mkdir -p "$dir" && echo x >"$dir/SKILL.md"
done
mkdir repo/.agents/skills/empty && ln -s "$TRASH/elsewhere/linked" "$HOME/.agents/skills/linked" && ln -s .. "$HOME/.agents/skills/loop"
git init -q repo && cd repo/sub || exit 99
is "$(sh "$ROOT/share/agent/complete.sh" agent-chat --skill= | sed "s/$(printf '\t').*//" | tr '\n' ' ')" \
    'cup far linked pot tea ' 'skills from here to the root of the repository, and the own'
cd ../.. || exit 99

# A server that takes the connection and says nothing: the list of models would
# wait ten seconds for it, a Tab does not.
modeld_start 'when path=/v1/models stall 60s
default text x'
AGENT_MODEL_URL=$URL timeout_is 8 sh "$ROOT/share/agent/complete.sh" agent-gate --model=
is "$(cat "$OUT" "$ERR")" '' 'nothing is offered, nothing is said'
no_children_left
done_testing
