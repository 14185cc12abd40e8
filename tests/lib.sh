# lib.sh - TAP assertions for the shell tests, which begin
#	#!/bin/sh
#	. "$(dirname "$0")/lib.sh"
# Every script gets an empty directory of its own ($TRASH: current directory,
# HOME and XDG_* inside it), kept when a test fails.  A command that dies of a
# signal (or a sanitizer, status 199) is never an expected failure; only sig_is
# accepts signals.  A script without tests, or ending before done_testing,
# fails.  Nothing measures time; TEST_TIMEOUT (60 s) only stops what hangs.
# $OUT and $ERR are files with what the command last tried by ok, status_is,
# sig_is, must_fail, timeout_is or no_orphans wrote; $STATUS is its status.
# shellcheck shell=sh disable=SC2034
set -u
ROOT=$(cd "$(dirname "$0")/.." && pwd) || exit 99
BUILD=${AGENT_BUILD:-$ROOT/build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
STUB=$BUILD/tests/stub
_name=$(basename "$0" .t)
TRASH=$(cd "$(mktemp -d "${TMPDIR:-/tmp}/t-$_name.XXXXXX")" && pwd -P) || exit 99
_meta=$TRASH.meta
mkdir -p "$_meta" "$TRASH/home" && mkdir -m 700 "$TRASH/home/run" || exit 99
OUT=$_meta/out ERR=$_meta/err STATUS=0 TEST_KEEP=${TEST_KEEP:-} MODELD_PIDS='' MODELD_PID='' _modelds=0
touch "$_meta/tap" "$OUT" "$ERR"
for _v in $(env | sed -n 's/^\(AGENT_[A-Za-z0-9_]*\)=.*/\1/p') OPENAI_BASE_URL \
    OPENAI_API_KEY http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY \
    ALL_PROXY no_proxy NO_PROXY NO_COLOR CDPATH ENV BASH_ENV LD_PRELOAD; do
	unset "$_v"
done
export HOME="$TRASH/home" LC_ALL=C.UTF-8 TZ=UTC AGENT_DISCOVER=none
export XDG_CONFIG_HOME="$HOME/.config" XDG_DATA_HOME="$HOME/.local/share" \
    XDG_STATE_HOME="$HOME/.local/state" XDG_CACHE_HOME="$HOME/.cache" \
    XDG_RUNTIME_DIR="$HOME/run" TEST_MARK="$_name.$$"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}:exitcode=199" \
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=199 \
    LSAN_OPTIONS=exitcode=199
# For env(1) before a timeout(1) that signals: it sends CONT after its signal,
# and that takes from the leak checker the STOP which it waits for, for ever,
# where it looks at a program that has just come to its end.
LEAKLESS=ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
# Whether $STUB/failio.so comes to bear: a program with all libraries in it
# has no linker that loads it.
preloads() { ! ldd "$STUB/modeld" 2>&1 | grep -q static; }
[ "${TEST_INSTALLED:-}" = 1 ] || PATH=$BUILD/bin:$PATH
cd "$TRASH" || exit 99

_tap() {	# counted in a file, so that a test in a pipe or subshell counts
	printf '%s\n' "$1" | tee -a "$_meta/tap"
}
_clean() { printf %s "$*" | tr '#\n' '  ' | cut -c 1-200; }
diag() { printf '%s\n' "$*" | cut -c 1-1000 | head -n 40 | sed 's/^/#   /' >&2; }
pass() { _tap "ok - $(_clean "$1")"; }
fail() { _tap "not ok - $(_clean "$1")"; diag "$@"; return 1; }
_if() { if [ "$1" = 0 ]; then pass "$2"; else fail "$2" "$3"; fi; }
skip() { _tap "ok - $(_clean "${2:-test}") # SKIP $1"; }	# skip WHY [NAME]
skip_all() { echo "1..0 # SKIP $1"; _done=1; exit 0; }
plan() { echo "1..$1"; _planned=$1; }
done_testing() {
	[ -s "$_meta/tap" ] || fail 'no tests were run'
	[ -n "${_planned:-}" ] || echo "1..$(($(wc -l <"$_meta/tap")))"
	_done=1
	! grep -q '^not' "$_meta/tap"; exit
}

_run() {
	case $(command -v -- "$1") in
	/*) timeout -k 5 "${TEST_TIMEOUT:-60}" "$@" ;;
	*) "$@" ;;
	esac >"$OUT" 2>"$ERR"
	STATUS=$?
}
_said() { echo "status $STATUS"; head -c 1500 "$ERR"; head -c 500 "$OUT"; }
ok() {		# ok NAME CMD...: exit 0
	_n=$1; shift; _run "$@"
	_if $STATUS "$_n" "$(_said)"
}
status_is() {	# status_is N CMD...: exactly N, and no signal death
	_n=$1; shift; _run "$@"
	[ "$_n" != 127 ] || command -v -- "$1" >"$_meta/which" || STATUS=absent
	[ "$STATUS" = "$_n" ] && [ "$_n" -lt 128 ]
	_if $? "status $_n: $*" "$(_said)"
}
sig_is() {	# sig_is TERM CMD...: died of that signal (or says 128+n)
	_n=$1; shift; _run "$@"
	[ $STATUS -gt 128 ] && [ "$(kill -l $((STATUS - 128)) 2>&1)" = "$_n" ]
	_if $? "signal $_n: $*" "$(_said)"
}
must_fail() {	# an orderly failure: no success, no crash, no missing command
	_run "$@"
	[ $STATUS -gt 0 ] && [ $STATUS -lt 124 ]
	_if $? "fails: $*" "$(_said)"
}
timeout_is() {	# timeout_is SECS CMD...: ends by itself before SECS
	_n=$1; shift
	timeout -k 2 "$_n" "$@" >"$OUT" 2>"$ERR"; STATUS=$?
	[ $STATUS -lt 128 ] && [ $STATUS != 124 ]
	_if $? "ends by itself: $*" "$(_said)"
}
no_orphans() {	# no_orphans CMD...: nothing it started outlives it (reaper.c)
	_run "$STUB/reaper" "$_meta/left" "$@"
	[ -f "$_meta/left" ] && [ ! -s "$_meta/left" ]
	_if $? "leaves no process: $*" "$(cat "$_meta/left") $(_said)"
}
is() { [ "$1" = "$2" ]; _if $? "$3" "got:  $1 -- want: $2"; } # GOT WANT NAME
_grep() { printf '%s\n' "$1" | grep -Eq -e "$2"; }
like() { _grep "$1" "$2"; _if $? "$3" "no $2 in: $1"; } # TEXT ERE NAME
unlike() { ! _grep "$1" "$2"; _if $? "$3" "found $2 in: $1"; }
json_is() {	# json_is GOT WANT NAME: equal JSON, keys in any order
	_g=$(printf '%s\n' "$1" | jq -S . 2>&1) && [ -n "$_g" ] || _g="not JSON: $1"
	is "$_g" "$(printf '%s\n' "$2" | jq -S .)" "$3"
}
jq_ok() {	# jq_ok FILTER NAME [FILE]: jq -e FILTER holds for $OUT or FILE
	{ [ "${3:-}" = - ] || [ -s "${3:-$OUT}" ]; } &&
	    jq -e "$1" "${3:-$OUT}" >/dev/null 2>"$_meta/jq"
	_if $? "$2" "$1: $(cat "$_meta/jq") $(head -c 1500 "${3:-$OUT}")"
}
procs_tagged() {	# in $(...): pids that carry this test's mark or work in $TRASH
	_mark=$TEST_MARK TEST_MARK='' && cd / || exit
	for _p in $(grep -lsz "^TEST_MARK=$_mark\$" /proc/[0-9]*/environ
	    find /proc/[0-9]*/cwd -maxdepth 0 -lname "$TRASH" -o \
	        -lname "$TRASH/*" 2>/dev/null); do
		_p=${_p#/proc/}
		case " $$ $MODELD_PIDS " in *" ${_p%/*} "*) ;; *) echo "${_p%/*}" ;; esac
	done 2>/dev/null | sort -u
}
no_children_left() {	# no_children_left [NAME]: none within 2 s
	for _i in 1 2 3 4 5 6 7 8 9 10; do
		_l=$(procs_tagged) || _l="cannot look: $?"; [ -n "$_l" ] || break; sleep 0.2
	done
	is "$_l" '' "${1:-no process left behind}"
}
modeld_start() {	# modeld_start FILE|'SCRIPT TEXT' [OPTION...]: $URL (.../v1)
	_modelds=$((_modelds + 1)) _s=$_meta/modeld$_modelds
	if [ -f "$1" ]; then cat "$1"; else printf '%s\n' "$1"; fi >"$_s"; shift
	MODELD_LOG=$_s.log
	mkfifo "$_s.port" || return 1
	TEST_MARK='' "$STUB/modeld" --log "$MODELD_LOG" "$@" --dir "$TRASH" "$_s" \
	    >"$_s.port" 2>"$_s.err" </dev/null &
	MODELD_PID=$! MODELD_PIDS="$MODELD_PIDS $!"
	read -r _port <"$_s.port" || { fail "modeld starts" "$(cat "$_s.err")"; return 1; }
	URL=http://127.0.0.1:$_port/v1
}
dones() {	# dones N [FILE]: wait until a coprocess wrote so many done lines
	for _i in $(seq 600); do
		[ "$(grep -c '^{"type":"done"' "${2:-got}")" -lt "$1" ] || return 0
		sleep 0.05
	done
}
modeld_stop() { kill "$MODELD_PID" 2>/dev/null; wait "$MODELD_PID" 2>/dev/null; }
modeld_ok() {	# modeld_ok [NAME]: the server found no fault in what it was sent
	is "$(jq -r 'select(.fault) | .fault' "$MODELD_LOG")" '' "${1:-good requests}"
}

_end() {
	_s=$?
	trap - EXIT
	for _p in $MODELD_PIDS; do kill "$_p" 2>/dev/null; done
	[ -n "${_done:-}${_planned:-}" ] || { diag "$0: no done_testing"; _s=99; }
	! grep -q '^not' "$_meta/tap" || [ $_s != 0 ] || _s=1
	cd /
	[ "$_s$TEST_KEEP" = 0 ] || { diag "kept: $TRASH $_meta"; exit $_s; }
	chmod -R u+rwx "$TRASH"; rm -rf "$TRASH" "$_meta"
}
trap _end EXIT
trap 'exit 143' TERM; trap 'exit 130' INT HUP
