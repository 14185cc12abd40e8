#!/bin/sh
# As root in somebody's folder, tools work as that somebody: what they make
# belongs to the folder's owner, and what the owner may not do fails.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" = 0 ] || skip_all 'only root can work as somebody else'
mkdir -p w/sub && chown 12345:12346 w w/sub 2>/dev/null || skip_all 'chown does nothing here'
chmod 755 "$TRASH"
echo secret >w/root-only && chmod 600 w/root-only
cd w || exit 99

ok 'a command runs' agent-tool call shell '{"command":"id -u; id -g; id -G"}'
is "$(head -n 3 "$OUT" | tr '\n' ' ')" '12345 12346 12346 ' \
    'as the owner, without other groups'
ok 'it makes a file' agent-tool call shell '{"command":"echo a >sub/made"}'
is "$(stat -c %u:%g sub/made)" 12345:12346 "which is the owner's"
ok 'write_file makes one' agent-tool call write_file \
    '{"path":"sub/new/written","content":"b\n"}'
is "$(stat -c %u:%g sub/new sub/new/written | tr '\n' ' ')" '12345:12346 12345:12346 ' \
    "and its folder, the owner's"
ok 'a command changes it' agent-tool call shell '{"command":"echo c >>sub/new/written"}'
ok 'edit_file changes it' agent-tool call edit_file \
    '{"path":"sub/new/written","old_text":"b","new_text":"B"}'
is "$(tr '\n' ' ' <sub/new/written)" 'B c ' 'both did'
must_fail agent-tool call shell '{"command":"cat root-only"}'
unlike "$(cat "$OUT")" secret 'what is not theirs stays closed'
ok 'without namespaces, too' "$BUILD/libexec/agent/agent-jail" \
    --walls=-userns,-mount,-pid,-net -w . -- sh -c 'id -u >sub/strict'
is "$(cat sub/strict) $(stat -c %u sub/strict)" '12345 12345' 'as the owner'
no_children_left
done_testing
