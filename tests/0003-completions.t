#!/bin/sh
# The completions offer what --help offers, and are silent and harmless when a
# program is missing or fails.  0004-shells.t drives the real shells.
. "$(dirname "$0")/lib.sh"
command -v bash >/dev/null || skip_all 'no bash here'

# offers WORD...: what bash would offer for the line, one a line.
cat >complete.bash <<'EOT'
source "$ROOT/completions/agent.bash"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
_agent "$1" "${!#}" "${*: -2:1}"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
EOT
offers() {
	ROOT="$ROOT" bash complete.bash "$@" 2>&1 | LC_ALL=C sort
}

for c in agent-gate agent-tool agent-chat agent-mem agent-plan; do
	want=$("$c" --help | sed -n '/^Options:/,/^$/p' |
	    grep -oE '(^ *| )--[a-z][a-z-]*=?' | grep -oE -- '--[a-z-]*=?' |
	    LC_ALL=C sort -u)
	like "$want" '^--help$' "$c --help lists its options"
	is "$(offers "$c" --)" "$want" "$c: all long options"
	is "$(offers "$c" --vers)" '--version' "$c: one that is begun"
done
# The helpers, which are in no PATH, by the name that is typed.
for c in acp fetch jail ledger mcp netgate pyexe serve view; do
	is "$(offers "$BUILD/libexec/agent/agent-$c" --vers)" '--version' "agent-$c, typed by hand"
done
touch file-a file-b
is "$(offers agent-chat file- | tr '\n' ' ')" 'file-a file-b ' 'files'

# Made-up programs: values that are asked of the programs.
mkdir bin
cat >bin/agent-gate <<'EOT'
#!/bin/sh
case $1 in
models) printf 'coder:7b\tlocal\ncoder:32b\tlocal\n' ;;
--help) printf 'Usage: agent-gate [options]\n       agent-gate models\n
Options:\n  -m, --model=NAME   text\n      --when=now|never  text\n\n' ;;
esac
EOT
chmod +x bin/agent-gate
PATH=$TRASH/bin:$PATH
is "$(offers agent-gate --model=coder:3)" 32b 'a model, beyond the colon'
is "$(offers agent-gate -m c | tr '\n' ' ')" 'coder:32b coder:7b ' \
    'models after the letter'
is "$(offers agent-gate --when=ne)" never 'one of a few words'
is "$(offers agent-gate mod)" models 'a sub-command'

is "$(offers agent-tool mcp re | tr '\n' ' ')" 'refresh relay remove resources ' \
    'a sub-command of a sub-command'
is "$(offers agent-tool mcp ref)" refresh 'one that is begun'
is "$(offers agent-plan 'done' --d | tr '\n' ' ')" '--done= ' \
    'the options of a sub-command'
is "$(offers agent-plan -w . 'done' --d | tr '\n' ' ')" '--done= ' \
    'behind an option with its argument'
is "$(offers agent-chat 'done' --fork)" '--fork' 'a word that is no sub-command'
is "$(offers agent-chat --format=e)" events 'a format'
is "$(offers agent-tool sandbox --profile r)" read-only 'a profile of walls'
is "$(offers agent-tool --tools=shell,read)" shell,read_file 'one more of a list'
is "$(offers agent-chat -t rev)" review 'a prompt that comes along'
mkdir -p .agents/prompts 'a folder'
touch '.agents/prompts/review all.md'
is "$(offers agent-chat -t rev | tr '\n' '|')" 'review|review\ all|' \
    'what a shell would read otherwise is quoted'
is "$(offers agent-chat prompts i)$(offers agent-chat prompts import --from=f)" importfabric 'prompts of others'
is "$(offers agent-chat prompts import file- | tr '\n' ' ')" 'file-a file-b ' 'which are files'
is "$(offers agent-plan --workspace=a)" 'a folder' 'a folder'

# What a server says never becomes a command.
cat >bin/agent-gate <<'EOT'
#!/bin/sh
case $1 in
models) printf '%s\n' 'a$(touch${IFS}ran)' 'a;touch' ;;
--help) printf 'Options:\n  -m, --model=NAME   text\n\n' ;;
esac
EOT
is "$(offers agent-gate -m a | tr '\n' '|')" 'a\$\(touch\$\{IFS\}ran\)|a\;touch|' \
    'the name of a model is quoted'

printf '#!/bin/sh\necho broken >&2\nexit 70\n' >bin/agent-gate
is "$(offers agent-gate --m)" '' 'silent when the program fails'
is "$(offers agent-nothing --m)" '' 'silent when it is missing'
printf '#!/bin/sh\necho broken >&2\nexit 70\n' >bin/agent-chat
chmod +x bin/agent-chat
is "$(offers agent-plan --w)" '' 'silent when agent-chat does not say where'
done_testing
