#!/bin/sh
# agent-jail as a command: options, statuses, records, and what must work.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

world "$TRASH/a" "$ME"
cd "$TRASH/a/w" || exit 99
has_mode "$ME" namespaces && FULL=1 || FULL=

status_is 0 "$JAIL" -w . -- true
status_is 37 "$JAIL" -w . -- sh -c 'exit 37'
sig_is TERM "$JAIL" -w . -- sh -c 'kill -TERM $$'
status_is 124 "$JAIL" -t 1 -w . -- sleep 9
status_is 127 "$JAIL" -w . -- no-such-command
status_is 126 "$JAIL" -w . -- ./f
status_is 125 "$JAIL" --no-such-option
is "$(cat "$ERR")" 'agent-jail: unknown option --no-such-option; see agent-jail --help' 'one line'
for a in '--prob' '--vers' '-t' '-X' '--profile' '--probe=yes' '--req seccomp true'; do
	# shellcheck disable=SC2086
	status_is 125 "$JAIL" $a
	is "$(wc -lc <"$ERR" | awk '{print $1, $2 < 80}') $(wc -c <"$OUT")" '1 1 0' "$a: one line: $(cat "$ERR")"
done
like "$(cat "$ERR")" 'unknown option --req;' 'no option is shortened'
for a in --help --version --probe; do
	"$JAIL" $a >/dev/full 2>"$ERR"
	is "$? $(cat "$ERR")" '125 agent-jail: standard output: No space left on device' "$a to a full disk"
done
status_is 125 "$JAIL"
status_is 125 "$JAIL" -w ./absent -- true
status_is 125 "$JAIL" -w / -- true
status_is 125 "$JAIL" -p ../x -w . -- true
status_is 125 "$JAIL" -t soon -w . -- true
status_is 0 "$JAIL" --help
like "$(cat "$OUT")" '^usage: agent-jail' 'help on stdout'
status_is 0 "$JAIL" --version

"$JAIL" -s 5 -w . -- sh -c 'echo hi; exit 3' 5>rec >"$OUT"
is "$(cat "$OUT")" hi 'nothing of its own on stdout'
jq_ok '.exit == 3 and .timed_out == false and (.walls | index("seccomp"))
    and (.wall_ms | type) == "number" and (.mode | type) == "string"' \
    'the record of an exit' rec
"$JAIL" -s 5 -t 1 -w . -- sleep 9 5>rec
jq_ok '.timed_out and .killed == "timeout" and .signal == 9' 'of a deadline' rec
"$JAIL" -s 5 -w . -- sh -c 'kill -SEGV $$' 5>rec
jq_ok '.signal == 11 and (has("exit") | not)' 'of a signal' rec
"$JAIL" -s 5 -w . -- no-such 5>rec 2>"$ERR"
jq_ok '.exit == 127 and .error == "not_found"' 'of a missing command' rec
"$JAIL" -s 5 -w . -- sh -c 'test ! -e /proc/self/fd/5 && test ! -e /proc/self/fd/3' 5>rec
jq_ok '.exit == 0' 'the command has neither of the two descriptors' rec
"$JAIL" --probe >"$OUT"
jq_ok '.available and (.walls | length) > 2' '--probe'

in_jail() { "$JAIL" "$@" 2>&1; }
is "$(in_jail -w . -- pwd)" "$TRASH/a/w" 'starts in the workspace'
is "$(in_jail -w . -C sub -- pwd)" "$TRASH/a/w/sub" '-C is relative to it'
is "$(echo x | in_jail -w . -- cat)" '' 'stdin is /dev/null'
is "$(echo x | in_jail -i -w . -- cat)" x '-i passes stdin'
is "$(in_jail -w . -e A=b -e PATH=/bin -- sh -c 'echo $A $PATH')" 'b /bin' -e
is "$(SECRET=1 LC_TIME=C in_jail -w . -- env | cut -d= -f1 | sort | xargs)" \
    "$(env SECRET=1 LC_TIME=C env | cut -d= -f1 |
    grep -E '^(PATH|LANG|LC_.*|TERM|TZ|USER)$' |
    cat - "$ROOT/VERSION" | sed '/^[0-9]/s/.*/HOME\
TMPDIR/' | sort | xargs)" 'only allowed variables'
is "$(in_jail -- sh -c 'cd && pwd && echo x >a && cat a' | tail -1)" x \
    'HOME is writable, without a workspace too'
is "$(in_jail -r "$TRASH/a/out" -w . -- cat "$TRASH/a/out/secret")" \
    out/secret '-r makes readable'
is "$(in_jail -r "$TRASH/a/out" -w . -- sh -c "echo >$TRASH/a/out/n || echo no" |
    tail -1)" no '-r does not make writable'
is "$(in_jail --profile read-only -w . -- sh -c 'cat sub/f; echo >sub/f || echo no' |
    sed -n '1p;$p' | xargs)" 'w/sub/f no' '--profile read-only'
is "$(in_jail --profile full-read -w . -- sh -c "test -d /var/lib && echo yes
    echo >$TRASH/a/out/secret || echo no; cat /etc/shadow 2>&1" | sed '/annot/d; /denied/d' |
    xargs)" 'yes no' '--profile full-read'
mkdir "$TRASH/odd é name" && is "$(in_jail -w "$TRASH/odd é name" -- sh -c '
    echo x >y; pwd' | tail -1)" "$TRASH/odd é name" 'a workspace of any name'
is "$(in_jail -n -r "$BIN" -e PORT=1 -- "$ESC" tcp_listen; echo $?)" 0 \
    '-n gives a network'
is "$(in_jail -n -r "$BIN" -- "$ESC" netlink >"$OUT"; echo $?)" 0 '... routes can be asked for'
is "$(in_jail -n -r "$BIN" -- "$ESC" uevent >"$OUT"; echo $?)" 1 '... but nothing else of the kernel'
is "$(in_jail -n -r "$BIN" -- "$ESC" vsock >"$OUT"; echo $?)" 1 '... but no vsock'

is "$(in_jail -w . -- bash -c 'cat <(seq 3) | sort -r | tr "\n" " "')" '3 2 1 ' \
    'pipes, substitution, temporary files'
# In a folder that holds nothing protected, so that strict mode grants it.
mkdir free
is "$(in_jail -w . -- sh -c 'head -c 4 /dev/urandom >/dev/null && mkfifo free/p &&
    (echo x >free/p & cat free/p)')" x 'devices and pipes by name'
is "$(in_jail -w . -- sh -c 'cp /bin/true free/t && chmod 755 free/t && free/t &&
    mv free/t free/u && ln free/u free/v && rm free/u free/v && echo ok')" ok \
    'programs of the workspace run'
is "$(in_jail -w . -- sh -c 'umask')" "$(umask)" 'the umask is the caller’s'
if [ "$FULL" ]; then
	is "$(in_jail -w . -- sh -c 'ps -e | wc -l' | xargs)" 5 'ps sees its own only'
	mkdir "$TRASH/g" && cd "$TRASH/g" && git init -q . 2>/dev/null
	is "$(in_jail -w . -- sh -c 'echo x >n && git add n && git -c user.name=a \
	    -c user.email=a@b commit -qm m && git status --short && git log --format=%s')" \
	    m 'git commits'
	is "$(git status --short; ls -A)" "$(printf '.git\nn')" 'no name left behind'
	mkdir "$TRASH/g/.git/agent" && is "$(in_jail -w . -- sh -c 'ls -A | xargs')" \
	    '.agents .envrc .git .idea .mcp.json .vscode n' 'held names are seen inside'
	rmdir "$TRASH/g/.git/agent"
else
	skip 'no namespaces' 'git and ps'
fi
cd "$TRASH/a/w" || exit 99

mkdir -p "$TRASH/b/.vscode" "$TRASH/longer/name/.git/hooks" \
    "$TRASH/longer/name/free"
is "$(in_jail -w "$TRASH/longer/name" -w "$TRASH/b" -- sh -c "pwd
    echo >.git/hooks/x || echo no; echo >$TRASH/b/.vscode/x || echo no
    echo >$TRASH/b/.git 2>/dev/null; mkdir free/sub" | grep -v sh: | xargs)" \
    "$TRASH/longer/name no no" 'each of two workspaces is protected'

# The network's namespace is made apart: where it cannot be had, the others stand.
limited() { unshare -Ur sh -c 'echo 0 >"/proc/sys/user/max_$1_namespaces" && shift && exec "$@"' sh "$@"; }
if [ "$FULL" ] && limited net true 2>"$ERR"; then
	before=$(ls -A)
	is "$(limited net "$JAIL" -s 3 -w . -- true 3>&1 | jq -c '[.exit, .missing, .mode]')" \
	    '[0,["net"],"namespaces"]' 'no network namespace to be had'
	is "$(limited mnt "$JAIL" -s 3 -w . -- true 3>&1 | jq -c '[.exit, .mode]')" \
	    '[0,"strict"]' 'no mount namespace to be had'
	is "$(ls -A)" "$before" 'and no name is left behind'
else
	skip 'no limits of namespaces' 'a namespace that cannot be had'
fi

# Root without mounts: two grant /etc entry by entry, all of it but the secrets.
if [ "$ME" = 0 ] && has_mode 0 strict "$NOWALLS"; then
	# A directory that holds one cannot be listed, so the names come along.
	closed='cd /etc && for f; do [ -L "$f" ] || [ ! -e "$f" ] ||
	    if [ -d "$f" ]; then ls "$f"; else true <"$f"; fi >/dev/null 2>&1 || echo "$f"; done'
	secrets=$(cd /etc && for f in shadow shadow- gshadow gshadow- sudoers sudoers.d ssh \
	    krb5.keytab wireguard security ssl pki NetworkManager; do [ ! -e "$f" ] || [ -L "$f" ] || echo "$f"; done)
	like "$secrets" shadow 'there is something to keep'
	# shellcheck disable=SC2046
	is "$(in_jail "$NOWALLS" -w . -- sh -c "$closed" sh $(ls -A /etc) | sort)" \
	    "$({ in_jail --walls=seccomp,rlimits --unsafe -w . -- sh -c "$closed" sh $(ls -A /etc)
	    echo "$secrets"; } | sort -u)" 'strict: only the secrets of /etc are closed'
else
	skip 'not root, or no Landlock' 'the secrets of /etc'
fi

# Walls that may not be missing.
for w in -seccomp -rlimits -userns,-mount,-pid,-net,-landlock; do
	status_is 125 "$JAIL" --walls=$w -s 5 -w . -- true 5>rec
	jq_ok '.error == "sandbox_unavailable" and (.layers.walls | type) == "array"' \
	    "refused without: $w" rec
	status_is 0 "$JAIL" --walls=$w --unsafe -w . -- true
done
[ "$ME" != 0 ] || status_is 125 "$JAIL" --walls=-landlock -w . -- true
status_is 125 "$JAIL" "$NOWALLS" --require mount -w . -- true
status_is 125 "$JAIL" --require nonsense -w . -- true
status_is 0 "$JAIL" --require landlock,seccomp -w . -- true
done_testing
