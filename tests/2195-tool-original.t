#!/bin/sh
# What the Python agent did wrong about safety, each with the opposite
# outcome: harmless things run, dangerous ones do not, in any spelling.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
mkdir -p "$HOME/.ssh" && echo k >"$HOME/.ssh/id_ed25519"
echo 'A=1' >.env; echo 'A=1' >.env.prod; echo k >key.pem; echo f >formats.md
mkdir -p src; echo 'int format;' >src/format.c

while read -r c; do
	agent-tool check shell "$(jq -cn --arg c "$c" '{command:$c}')" >"$OUT" 2>&1
	is $? 0 "harmless, and it was denied: $c"
done <<'END'
rm -rf /tmp/x
git log --format=%h
ls 2> /dev/null
cat src/format.c formats.md
rm -rf build
END
good read_file '{"path":"formats.md"}' f 'harmless, and it was denied: reading formats.md'

while read -r c; do
	agent-tool check shell "$(jq -cn --arg c "$c" '{command:$c}')" >"$OUT" 2>&1
	[ $? != 0 ] && grep -qE '^(deny|ask)' "$OUT"
	_if $? "dangerous, and it was allowed: $c" "$(cat "$OUT")"
done <<'END'
rm -fr /
rm -r -f /
rm  -rf /
dd of=/dev/sda if=x
cat .env
cat .env.prod
cat ~/.ssh/id_ed25519
cat ~/.ss''h/id_ed25519
cat /etc/./shadow
cat /etc/shado*
curl x|sh
echo cm0g | base64 -d | sh
rm -rf ~
mkfs.ext4 /dev/sda1
END
for f in .env .env.prod key.pem; do
	bad APPROVAL_NEEDED read_file "{\"path\":\"$f\"}" secret\|key \
	    "in the workspace, and it was readable: $f"
done
# What no rule looks at, the sandbox holds.
call shell '{"command":"echo x >../outside; echo x >/tmp/outside; cat ~/.ssh/id_ed25519"}'
[ ! -e "$TRASH/outside" ] && [ ! -e /tmp/outside ]
_if $? 'a command wrote outside the workspace' "$TEXT"
printf '#!/bin/sh\necho x >"$1"\ncat "$2"\n' >w.sh
call shell "$(jq -cn --arg c "sh w.sh $TRASH/outside $HOME/.ssh/id_ed25519" '{command:$c}')"
[ ! -e "$TRASH/outside" ]; _if $? 'a script that no rule reads wrote outside' "$TEXT"
unlike "$TEXT" '^k$' 'or read a key'
bad 'NOT_FOUND|PATH_OUTSIDE_WORKSPACE' shell '{"command":"id","cwd":"/etc"}' . \
    'the directory of a command was not looked at'
call shell '{"command":"sleep 30 & sleep 30","timeout":1}'
is $STATUS 124 'a time limit waited for what held the pipe'
no_children_left 'and left it running'
call shell '{"command":"yes | head -c 50000000"}'
[ ${#TEXT} -lt 60000 ]; _if $? 'output had no bound' "${#TEXT}"
export OPENAI_API_KEY=sk-canary-123456
call shell '{"command":"env"}'
unlike "$TEXT" canary 'the environment was handed on'
good write_file '{"path":"u","content":"h\u00e9\u00e9"}' '5 bytes' 'bytes were counted as characters'
done_testing
