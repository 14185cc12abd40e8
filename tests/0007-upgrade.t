#!/bin/sh
# Install into a user's own ~/.local, over a state that versions of before the
# first release left there; go on with it; uninstall: nothing is left but what
# belongs to the user.
. "$(dirname "$0")/lib.sh"
[ "${TEST_INSTALLED:-}" != 1 ] || skip_all 'what is installed is tested'
command -v python3 >/dev/null || skip_all 'no python3 here'
MAKEFLAGS=$(printf '%s' "${MAKEFLAGS-}" |
    sed 's/-j[0-9]*//; s/--jobserver-[a-z]*=[^ ]*//')
export MAKEFLAGS
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME
# It would keep something in the home of whoever compiles.
export CCACHE_DISABLE=1

# row 34
# Somebody who has used it: memories, a plan, a session, in their old shapes.
old=$ROOT/tests/data/old-state work=$HOME/tea
mkdir -p "$work" "$HOME/.local/share/agent" "$HOME/.config/agent"
hash=$(printf %s "$work" | sha256sum | cut -c 1-8)
project=$HOME/.local/state/agent/projects/tea-$hash
mkdir -p "$project/sessions"
chmod -R go= "$HOME/.local"
restore() {	# restore SQL DATABASE
	sed "s,@NAMESPACE@,tea-$hash,g" "$1" | (umask 077
	    python3 -c 'import sqlite3, sys
sqlite3.connect(sys.argv[1]).executescript(sys.stdin.read())' "$2")
}
ok 'memories of an old version' restore "$old/memory.sql" \
    "$HOME/.local/share/agent/memory.db"
ok 'a plan of an old version' restore "$old/plan.sql" "$project/plan.db"
for f in "$old"/*.jsonl; do
	sed "s,@WORKSPACE@,$work,g; s,@HOME@,$HOME,g" "$f" >"$project/sessions/${f##*/}"
done
echo oolong >"$work/teas.txt"
echo '{"model_url": "offline:"}' >"$HOME/.config/agent/config.json"
files() { (cd "$HOME" && find . ! -type d | LC_ALL=C sort); }
files >before

top() {
	make --no-print-directory -C "$ROOT" "B=${BUILD#"$ROOT"/}" "$@"
}
put() { top "$1" PREFIX=/usr/local DESTDIR="$TRASH/root"; }
ok 'make install' put install
mkdir -p "$HOME/.local"
(cd root/usr/local && tar -cf - .) | tar -xf - -C "$HOME/.local"
PATH=$HOME/.local/bin:$PATH
is "$(command -v agent-mem)" "$HOME/.local/bin/agent-mem" 'what runs is installed'
cd "$work" || exit 99

ok 'the first thing done is a search' agent-mem search --format text \
    'when is the kettle descaled?'
like "$(cat "$OUT")" 'in May' 'it finds'
is "$(agent-mem search -n tins -k 1 'tin 77' | jq -r .text)" \
    'Tin 77 holds tea number 77.' 'also what was in the index'
is "$(agent-mem list -n shelf --tag tea | jq -r .text)" \
    'Oolong steeps for three minutes.' 'tags are there'
ok 'one more' agent-mem store 'The cups are blue.'
is "$(agent-mem search -k 1 'which colour have the cups?' | jq -r .text)" \
    'The cups are blue.' 'it is found'
ok 'all is sound' agent-mem check
is "$(python3 -c 'import sqlite3, sys
for v in sqlite3.connect(sys.argv[1]).execute("PRAGMA user_version"): print(*v)' \
    "$HOME/.local/share/agent/memory.db")" "$(sed -n \
    's/^is the number of its schema, now \([0-9]*\)\.$/\1/p' "$ROOT/man/agent-memory.5")" \
    'the schema is the one of the page'

ok 'the notebook is what was written' agent-plan check
is "$(agent-plan list --json | jq -r .objective | tr '\n' ' ')" 'lexer parser ' \
    'the tasks'
ok 'a task goes on' agent-plan release 1.1
ok 'and the queue' agent-plan next --worker me

ok 'the talk goes on' agent-chat -q -n -c 'Which files are in this folder?'
like "$(cat "$OUT")" 'teas\.txt' 'with tools'
is "$(agent-chat sessions | grep -c '3 turns')" 1 'in the same session'

# What a version before has put there, and this one has no more, is gone with the
# next; what somebody else has put beside it is not.
there=$TRASH/root/usr/local
mkdir -p "$there/share/agent/gone" "$there/share/agent/tools"
touch "$there/share/agent/tools/own.json" "$there/share/agent/tools/gone.json" \
    "$there/share/agent/gone/x" "$there/bin/agent-gone" "$there/bin/other"
printf '%s\n' tools/gone.json gone/x ../../bin/agent-gone ../../bin/other \
    tools/../../../bin/other >>"$there/share/agent/installed"
ok 'make install over it' put install
is "$(cd "$there" && find . -name 'gone*' -o -name '*-gone')" '' 'what is no more is gone'
is "$(cd "$there" && echo share/agent/tools/own.json bin/other)" \
    "$(cd "$there" && echo share/agent/tools/own.* bin/othe*)" 'the rest is not'
rm "$there/share/agent/tools/own.json" "$there/bin/other"

# Once more over it, and away.
(cd "$TRASH/root/usr/local" && tar -cf - .) | tar -xf - -C "$HOME/.local"
ok 'after installing it again' agent-chat -q -n -c 'And again: list the files.'
cd "$TRASH" || exit 99
ok 'make uninstall' put uninstall
is "$(find root ! -type d)" '' 'no file is left'
is "$(find root -mindepth 4 -type d | sed 's,.*/local/,,' | LC_ALL=C sort |
    grep -vx 'share/man\|share/man/man[0-9]\|share/doc')" '' 'and no folder of ours'
# The same, where the data of the user is.
top uninstall PREFIX="$HOME/.local" >"$OUT" 2>&1
is $? 0 'make uninstall PREFIX=~/.local'
files >after
is "$(comm -23 before after)" '' 'nothing of the user is gone'
is "$(comm -13 before after | grep -v '^\./\.local/state/agent/\|^\./\.local/share/agent/memory\.db')" \
    '' 'nothing of ours is left'
no_children_left
done_testing
