# jail.sh - what the jail's tests share.  After lib.sh:
#	. "$ROOT/tests/jail.sh"
# A world is a directory with a workspace w, a directory out that the jail
# must not reach, a home and a directory read, all owned by the user under
# test.  $JAIL and $ESC are copies that every user can run.
# shellcheck shell=sh disable=SC2034,SC2154
umask 022
chmod 711 "$TRASH"
BIN=$TRASH/bin
mkdir -p "$BIN" && cp "$BUILD/libexec/agent/agent-jail" "$STUB/escape" "$BIN" || exit 99
JAIL=$BIN/agent-jail ESC=$BIN/escape
NOWALLS=--walls=-userns,-mount,-pid,-net
ME=$(id -u)
NOBODY=65534
export CANARY=treasure-of-the-outer-world
MARK=$(printf %s "$CANARY" | rev)

as() {	# as UID CMD...
	if [ "$1" = "$ME" ]; then shift; "$@"; else "$ESC" --as "$@"; fi
}
users() {	# the users under test
	echo "$ME"
	[ "$ME" != 0 ] || echo $NOBODY
}
walls() { "$JAIL" -s 3 "$@" -- true 3>&1 >/dev/null 2>&1; }
has_mode() {	# has_mode UID MODE FLAGS...: does this user get that mode here?
	_u=$1 _m=$2; shift 2
	as "$_u" "$JAIL" "$@" -s 3 -- true 3>&1 2>&1 >/dev/null </dev/null |
	    grep -q "\"mode\":\"$_m\""
}
model() {	# model DIR UID: a world, from nothing
	mkdir -p "$1/w/.git/hooks" "$1/w/.git/modules/m/hooks" "$1/w/sub" \
	    "$1/w/.agents/tools" "$1/w/keep/deep" "$1/out" "$1/home/.ssh" "$1/read"
	(
		cd "$1" || exit
		for _f in w/.git/config w/.git/HEAD w/.git/modules/m/HEAD \
		    w/.git/hooks/sample w/sub/f w/f w/.bashrc w/sub/dot-profile \
		    w/.agents/tools/t w/keep/deep/me out/secret out/movable \
		    out/unlinkable home/.ssh/id_rsa home/visible; do
			echo "$_f" >$_f
		done
		ln -s sub/dot-profile w/.profile
		cp /bin/true out/true
		cp "$ESC" read/suid
		[ "$ME" = "$2" ] || chown -R "$2:$2" w out home read
		# A device that is another name of /dev/zero.
		[ "$ME" != 0 ] || { chown 0:0 read/suid && chmod 4755 read/suid &&
		    mknod -m 666 read/node c 1 5; } 2>"$ERR"
		chmod 755 w/.git/hooks/sample
	)
}
world() {	# world DIR UID: made anew; its directory out stays the same one
	[ -d "$TRASH/model-$2" ] || model "$TRASH/model-$2" "$2"
	if [ -d "$1" ]; then
		rm -rf "$1/w" "$1/out/"*
		cp -a "$TRASH/model-$2/w" "$TRASH/model-$2/out" "$1"
	else
		cp -a "$TRASH/model-$2" "$1"
	fi
}
victim() {	# victim DIR UID: a bystander of the same user, and a server
	SOCK=$1/sock/s
	mkdir "$1/sock" && mkfifo "$1/port"
	[ "$ME" = "$2" ] || chown "$2" "$1/sock"
	(cd "$1/out" && exec "$ESC" --as "$2" sleep 300) >/dev/null 2>&1 &
	VICTIM=$!
	# Only once it is what it shall be can it be looked at.
	_i=0
	while [ $_i -lt 100 ] && ! grep -qs sleep "/proc/$VICTIM/cmdline"; do
		_i=$((_i + 1)); sleep 0.05
	done
	(SOCK=$SOCK && export SOCK && exec "$ESC" --as "$2" "$ESC" --listen) >"$1/port" &
	SERVER=$!
	read -r PORT <"$1/port"
}
victim_end() {	# the server takes its queue along
	kill -9 "$VICTIM" 2>/dev/null
	kill "$SERVER" 2>/dev/null
	wait 2>/dev/null
}
aims() {	# the attempt's environment, as WORD... for env or -e
	printf '%s\n' "W=$1/w" "OUT=$1/out" "HOSTHOME=$1/home" "READ=$1/read" \
	    "VICTIM=$VICTIM" "PORT=$PORT" "SOCK=$SOCK" "MARK=$MARK"
}
bare() {	# bare DIR UID NAME: the attempt without a jail
	as "$2" env W="$1/w" OUT="$1/out" HOSTHOME="$1/home" READ="$1/read" \
	    VICTIM="$VICTIM" PORT="$PORT" SOCK="$SOCK" MARK="$MARK" \
	    "$ESC" "$3" 9<"$1/out" </dev/null
}
jailed() {	# jailed DIR UID NAME FLAGS...: the attempt in a jail
	_d=$1 _u=$2 _a=$3
	shift 3
	as "$_u" "$JAIL" -w "$_d/w" -r "$BIN" -r "$_d/read" -p keep/deep/me \
	    -p keep/fresh -t 20 -e IN_JAIL=1 -e W="$_d/w" -e OUT="$_d/out" \
	    -e HOSTHOME="$_d/home" -e READ="$_d/read" -e VICTIM="$VICTIM" \
	    -e PORT="$PORT" -e SOCK="$SOCK" -e MARK="$MARK" "$@" -- \
	    "$ESC" "$_a" 9<"$_d/out" </dev/null
}
# attempts MODE UID [WALL]: the names that apply, in these modes (n, s or ns
# for either), of which that wall alone holds each
attempts() {
	awk -v m="$1" -v root="$2" -v wall="${3:-}" '
	/^#/ || $3 !~ "[" m "]" { next }
	$2 != "any" && ($2 == "root") != (root == 0) { next }
	{
		n = split($4, held, "/")
		h = held[root != 0 && n > 1 ? 2 : 1]
		sub(/\?$/, "", h)
	}
	wall == "" || index("," h ",", "," wall ",") { print $1 }' \
	    "$ROOT/tests/jail.attempts"
}
held() {	# held NAME UID: the walls that hold it, and ? as in the table
	awk -v name="$1" -v root="$2" '$1 == name {
		n = split($4, held, "/")
		h = held[root != 0 && n > 1 ? 2 : 1]
		if ($4 ~ /\?$/ && h !~ /\?$/)
			h = h "?"
		print h
	}' "$ROOT/tests/jail.attempts"
}
old_landlock() { [ "$("$JAIL" --probe | sed 's/.*"landlock_abi":\([0-9]*\).*/\1/')" -lt 6 ]; }
# all_refused UID MODE[:WALL] LABEL FLAGS...: no attempt gets out
all_refused() {
	_uid=$1 _mode=${2%:*} _label=$3
	case $2 in *:*) _wall=${2#*:} ;; *) _wall= ;; esac
	shift 3
	_w=$TRASH/$_label-$_uid
	world "$_w" "$_uid"
	victim "$_w" "$_uid"
	for _try in $(attempts "$_mode" "$_uid" "$_wall"); do
		jailed "$_w" "$_uid" "$_try" "$@" >"$OUT" 2>"$ERR"
		STATUS=$?
		case $STATUS in
		1 | 159) pass "$_label: uid $_uid: $_try is refused" ;;
		0)	# What Landlock scopes from its sixth version on.
			case $_mode:$_try in
			s:kill_victim | s:pidfd_victim)
				if old_landlock; then skip 'an older Landlock' "$_try"; continue; fi ;;
			esac
			fail "$_label: uid $_uid: $_try is refused" "$(_said)"
			;;
		3)	# Ways that only x86 has.
			case $_try:$(uname -m) in
			*:x86_64 | *:i?86) fail "$_label: $_try does not apply" ;;
			int80:* | x32:* | get_iopl:* | ldt:*) skip 'not on this machine' "$_try" ;;
			*) fail "$_label: $_try does not apply" ;;
			esac
			;;
		*) fail "$_label: uid $_uid: $_try is refused" "$(_said)" ;;
		esac
	done
	victim_end
	is "$(cat "$_w/out/secret" "$_w/w/.git/config" "$_w/w/.bashrc")" \
	    "$(printf 'out/secret\nw/.git/config\nw/.bashrc')" \
	    "$_label: uid $_uid: files outside and protected are as they were"
	is "$(ls "$_w/out")" "$(printf '%s\n' movable secret true unlinkable)" \
	    "$_label: uid $_uid: nothing new outside"
	is "$(ls -A "$_w/w")" "$(printf '%s\n' .agents .bashrc .git .profile f keep sub)" \
	    "$_label: uid $_uid: nothing new in the workspace's top"
}
