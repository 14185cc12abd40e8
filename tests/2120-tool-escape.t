#!/bin/sh
# Nothing outside the workspace is read or written by a file tool, whatever
# the path says and whatever lies in its way.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
mkdir "$TRASH/out" && echo SECRET >"$TRASH/out/secret"
echo inside >in

# read ERE-or-code PATH WHAT: never the secret
noread() {
	for t in read_file list_files search_files; do
		a=$(jq -cn --arg p "$1" --arg t "$t" '{path: $p} + if $t ==
		    "search_files" then {pattern: "SEC"} else {} end')
		call $t "$a"
		if [ $STATUS != 0 ] && [ $STATUS -lt 125 ] &&
		    ! _grep "$TEXT" SECRET; then
			pass "$t $2"
		else
			fail "$t $2" "status $STATUS: $TEXT"
		fi
	done
}
nowrite() {
	call write_file "$(jq -cn --arg p "$1" '{path: $p, content: "PWNED"}')"
	if [ $STATUS != 0 ] && [ $STATUS -lt 125 ] &&
	    [ -z "$(grep -rs PWNED "$TRASH/out" "$TRASH/state" "$W")" ]; then
		pass "write_file $2"
	else
		fail "write_file $2" "status $STATUS: $TEXT"
	fi
	call edit_file "$(jq -cn --arg p "$1" '{path: $p, old_text: "SECRET",
	    new_text: "PWNED"}')"
	[ $STATUS != 0 ] && grep -q SECRET "$TRASH/out/secret"
	_if $? "edit_file $2" "status $STATUS: $TEXT"
}
both() { noread "$1" "$2"; nowrite "$1" "$2"; }

both ../out/secret 'through ..'
both "$TRASH/out/secret" 'by an absolute path'
both a/../../out/secret 'through .. further in'
both "$W/../out/secret" 'through .. behind the workspace'
both /etc/passwd '/etc/passwd'
both /proc/self/root/etc/passwd '/proc'
bad INVALID_ARGUMENTS read_file '{"path":"in\u0000/../x"}' NUL 'a NUL byte'
bad PATH_OUTSIDE_WORKSPACE read_file '{"path":"../x"}' 'relative to' \
    'the answer says where paths begin'
good read_file "{\"path\":\"$W/in\"}" inside 'absolute but inside is fine'

ln -s ../out outdir; ln -s ../out/secret outfile; ln -s "$TRASH/out/secret" abs
ln -s /proc/self/fd fds; ln -s /proc/self/cwd/../out/secret magic
mkdir d; ln -s ../../out d/up
both outdir/secret 'through a linked directory'
both outfile 'through a link'
both abs 'through an absolute link'
both magic 'through a magic link'
both d/up/secret 'through a link further in'
both fds/0 'descriptors'
good search_files '{"pattern":"SECRET"}' 'no match' 'search follows no link'
good list_files '{"recursive":true}' 'outdir -> ../out' 'nor does list'
ln -s in inlink
good read_file '{"path":"inlink"}' inside 'a link inside may be read'
bad DENIED write_file '{"path":"inlink","content":"x"}' 'link to in' \
    'but is not written through'
ln -s d dlink
bad DENIED write_file '{"path":"dlink/x","content":"x"}' 'symbolic link' \
    'nor is a linked directory'

# A hard link: the other name keeps its text.
if ln "$TRASH/out/secret" hard 2>/dev/null; then
	good write_file '{"path":"hard","content":"mine"}' 'hard link' \
	    'a hard link is told'
	is "$(cat "$TRASH/out/secret")" SECRET 'and its other name untouched'
fi

# Things that make a reader wait, or worse.
mkfifo fifo
for a in read_file search_files; do
	timeout_is 5 agent-tool call $a '{"path":"fifo","pattern":"x"}'
done
bad NOT_A_FILE read_file '{"path":"fifo"}' FIFO 'a FIFO is refused'
bad NOT_A_FILE write_file '{"path":"fifo","content":"x"}' FIFO 'for writing too'
if mknod null c 1 3 2>/dev/null; then
	bad NOT_A_FILE read_file '{"path":"null"}' device 'a device is refused'
fi

# The state of the agent, even inside the workspace.
AGENT_STATE=$W/state; export AGENT_STATE
bad DENIED write_file '{"path":"state/projects/x","content":"x"}' state \
    'the state folder is not for tools'
AGENT_STATE=$TRASH/state

# Somebody swaps a directory for a link while we look.
cat >"$TRASH/swap" <<'END'
while :; do
	mv real x1; mv evil real; mv real evil; mv x1 real
done
END
mkdir real && echo fine >real/secret && ln -s ../out evil
sh "$TRASH/swap" 2>/dev/null & swapper=$!
leaks=0 i=0
m=$(msg "$(tc read_file '{"path":"real/secret"}')" \
    "$(tc write_file '{"path":"real/w","content":"PWNED"}' c2)")
while [ $i -lt 100 ]; do echo "$m"; i=$((i + 1)); done |
    agent-tool run >"$TRASH/raced"
kill $swapper; wait $swapper 2>/dev/null
leaks=$(grep -c SECRET "$TRASH/raced")
is "$leaks" 0 'a race reads nothing outside'
is "$(ls "$TRASH/out")" secret 'and writes nothing outside'
is "$(wc -l <"$TRASH/raced")" 200 'and every call was answered'
done_testing
