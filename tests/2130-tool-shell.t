#!/bin/sh
# The shell tool: output in order and capped, how it ended, and that nothing
# of it lives on.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
# row 29
need_jail
sh_() { jq -cn --arg c "$1" '{command: $c}'; }

call shell "$(sh_ 'echo out; echo err >&2; echo out2')"
is "$TEXT" 'out
err
out2
[exit 0]' 'both outputs, in order'
call shell "$(sh_ 'exit 3')"
is "$STATUS $TEXT" '1 [exit 3]' 'an exit status'
call shell "$(sh_ 'kill -SEGV $$')"
is "$STATUS $TEXT" '1 [signal 11]' 'a signal'
call shell "$(sh_ 'no-such-program')"
like "$TEXT" '\[exit 127\]' 'a missing program'
call shell '{"command":"echo a; sleep 30","timeout":1}'
is "$STATUS $TEXT" '124 a
[killed: timeout after 1 s]' 'the time limit'
bad INVALID_ARGUMENTS shell '{"command":"x","timeout":601}' 'at most 600' \
    'a limit beyond the limit'
bad INVALID_ARGUMENTS shell '{"command":""}' 'at least 1' 'no command'
bad INVALID_ARGUMENTS shell '{"command":"a\u0000b"}' NUL 'a NUL byte'
call shell "$(sh_ 'printf "1\r2\r3\n"; printf "\033[1mb\033[0m\033]0;t\007\n\377\n"')"
is "$TEXT" '3
b\x1b]0;t\x07
\xff
[exit 0]' 'output is made fit to read'
call shell "$(sh_ 'cat; echo end')"
is "$TEXT" 'end
[exit 0]' 'stdin is empty'
mkdir sub
call shell '{"command":"pwd","cwd":"sub"}'
is "$TEXT" "$W/sub
[exit 0]" 'cwd'
bad PATH_OUTSIDE_WORKSPACE shell '{"command":"pwd","cwd":".."}' outside \
    'cwd outside'
bad NOT_FOUND shell '{"command":"pwd","cwd":"nope"}' nope 'cwd missing'
ln -s / root
bad PATH_OUTSIDE_WORKSPACE shell '{"command":"pwd","cwd":"root"}' outside \
    'cwd through a link'
export SECRET_KEY=hunter2hunter2
echo 'allow read /proc/**' >allowing
call --policy=allowing shell "$(sh_ 'env; cat /proc/self/environ /proc/1/environ 2>/dev/null | tr "\0" "\n"; :')"
unlike "$TEXT" hunter2 'the environment is not handed on'
like "$TEXT" '^PAGER=cat$' 'but pagers are off'
mkdir free
call shell "$(sh_ 'echo x >free/made && cat free/made')"
is "$TEXT" 'x
[exit 0]' 'the workspace is writable'
call shell "$(sh_ "cat $TRASH/home/* $AGENT_STATE/* 2>&1; echo x >$TRASH/esc; :")"
is "$([ -e "$TRASH/esc" ] && echo there)" '' 'and nothing beside it'

# Long output
msg "$(tc shell "$(sh_ 'seq 1 100000')")" >m
agent-tool run <m >r
jq_ok '.agent.truncated and .agent.bytes == 588895' 'facts of a long output' r
jq_ok '.content | length < 40000' 'what the model gets is capped' r
jq_ok '.content | startswith("1\n2\n") and test("left out")
    and test("\n100000\n\\[the output has 588895 bytes; all of it: read_file")' \
    'head and tail, and where the rest is' r
a=$(jq -r .agent.artifact r)
is "$(md5sum <"$a")" "$(seq 1 100000 | md5sum)" 'the artifact is all of it'
is "$(stat -c %a "$a")" 600 'for us only'
good read_file "$(jq -cn --arg p "$a" '{path: $p, start_line: 54321,
    end_line: 54321}')" '^54321$' 'and read_file pages it'
good search_files "$(jq -cn --arg p "$a" '{path: $p, pattern: "^77777$"}')" \
    ':77777: 77777$' 'search_files searches it'
bad DENIED write_file "$(jq -cn --arg p "$a" '{path: $p, content: "x"}')" \
    'only be read' 'nobody writes it'
call shell "$(sh_ "tail -n 1 $a; echo x >>$a")"
like "$TEXT" '^100000' 'a command may read it'
is "$(tail -n 1 "$a")" 100000 'and not change it'
msg "$(tc shell "$(sh_ 'seq 1 1500')")" | agent-tool run >r
jq_ok '.agent.artifact and (.content | test("lines, [0-9]+ bytes left out"))' \
    'many short lines are long, too' r

jq -cn '{command: (": " + ("x" * 200000))}' >long
TEXT=$(agent-tool call shell - <long 2>&1)
like "$TEXT" 'ERROR \[RESOURCE_LIMIT\].*' 'a command that is too long'
like "$TEXT" write_file 'says what to do'
(AGENT_STATE=$W/state; export AGENT_STATE
call shell "$(sh_ 'seq 1 100000')"
call shell "$(sh_ 'echo x >state/y; rm -rf state; tail -n 1 state/projects/*/artifacts/*')"
like "$TEXT" '^100000$' 'the state folder in a workspace is read-only')
rm -rf state

# What it starts ends with it.
call shell "$(sh_ 'sleep 71 & setsid sleep 71 & (sleep 71 &) ; echo started')"
like "$TEXT" started 'a command that leaves others behind'
no_children_left 'they are gone'
call shell '{"command":"trap \"\" TERM; setsid sleep 72 & sleep 72","timeout":1}'
like "$TEXT" 'timeout after 1 s' 'one that does not hear TERM'
no_children_left 'is gone as well'
call shell "$(sh_ "head -c 20000000 /dev/zero | tr '\\0' x")"
like "$TEXT" '20000000 bytes' 'much output on one line'

AGENT_ENABLE_SHELL=0 agent-tool call shell '{"command":"true"}' >"$OUT" 2>"$ERR"
is $? 77 'switched off'
like "$(cat "$ERR")" 'DENIED.*AGENT_ENABLE_SHELL' 'says by what'
agent-tool --read-only call shell '{"command":"true"}' 2>"$ERR"
is $? 77 'read-only'
AGENT_LIBEXEC=$TRASH/none agent-tool call shell '{"command":"true"}' 2>"$ERR"
is $? 77 'without agent-jail nothing runs'
like "$(cat "$ERR")" SANDBOX_UNAVAILABLE 'and the model is told'
is "$(echo in | agent-tool sandbox -- cat)" in 'sandbox runs a command'
status_is 7 agent-tool sandbox -- sh -c 'exit 7'
status_is 124 agent-tool sandbox -t 1 -- sleep 9
status_is 2 agent-tool sandbox
ok 'doctor' agent-tool doctor
like "$(cat "$OUT")" '^commands run +yes' 'says that commands run'
ok 'doctor --json' agent-tool doctor --json
jq_ok '.shell and .file_tools and (.tools | length) == 7' 'the same as JSON'
AGENT_LIBEXEC=$TRASH/none status_is 77 agent-tool doctor
mkdir slow && printf '#!/bin/sh\ncase " $* " in *" --probe "*) exec sleep 300; esac\nexit 70\n' >slow/agent-jail && chmod 755 slow/agent-jail
AGENT_LIBEXEC=$PWD/slow timeout 100 agent-tool doctor >slow/said 2>&1 &
status_is 77 agent-tool -w / doctor
like "$(cat "$OUT")" '^commands run +no: agent-jail: / cannot be a workspace' 'and why none can'

# Why a wall is missing: a limit of namespaces, and a filter around us.
if unshare -Ur true 2>/dev/null; then
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
	    agent-tool doctor' >"$OUT" 2>&1
	like "$(cat "$OUT")" '^no userns +user.max_user_namespaces .*try sysctl' \
	    'doctor names the sysctl'
	unshare -Ur sh -c 'echo 0 >/proc/sys/user/max_net_namespaces &&
	    agent-tool doctor --json' >"$OUT" 2>&1
	like "$(jq -r .why.net "$OUT")" 'max_net_namespaces' 'for each wall'
fi
# A sanitizer's shadow memory has no room within a jail.
if nm -D "$BUILD/bin/agent-tool" | grep -q __asan; then
	skip 'sanitized programs do not fit into a jail' 'within a jail'
else
	"$BUILD/libexec/agent/agent-jail" -r "$ROOT" -r "$BUILD" -w . -e HOME="$PWD" -- \
	    "$BUILD/bin/agent-tool" doctor --json >"$OUT" 2>"$ERR"
	like "$(jq -r .why.userns "$OUT")" '^unshare: Operation not permitted.*; try ' \
	    'within a jail: what refuses it'
fi
wait $!
is "$? $(grep "^commands run" slow/said)" "77 commands run     no: agent-jail --probe did not end within 10 s" 'doctor does not wait for an agent-jail that hangs'
done_testing
