#!/bin/sh
# shellcheck disable=SC1091,SC2016
# The harness itself: what must fail fails, crashes are never accepted, a
# script without tests is a failure, and evidence is kept.
. "$(dirname "$0")/lib.sh"

# inner NAME SCRIPT: run a small test script; its output in $OUT, status in
# $STATUS.  It is a copy of this harness, in a directory of its own.
mkdir -p inner/tests
cp "$ROOT/tests/lib.sh" inner/tests/
inner() {
	printf '#!/bin/sh\n. "$(dirname "$0")/lib.sh"\n%s\n' "$2" \
	    >inner/tests/inner.t
	mkdir -p inner/tmp
	TMPDIR=$TRASH/inner/tmp AGENT_BUILD=$BUILD sh inner/tests/inner.t \
	    >"$OUT" 2>"$ERR"
	STATUS=$?
}
fails() {	# the inner script fails, in the way TAP wants it
	inner "$@"
	[ $STATUS != 0 ] && [ $STATUS -lt 128 ]
	_if $? "fails: $1" "$(cat "$OUT" "$ERR")"
}
passes() {
	inner "$@"
	[ $STATUS = 0 ] && ! grep -q '^not' "$OUT"
	_if $? "passes: $1" "$(cat "$OUT" "$ERR")"
}

fails 'no tests' 'done_testing'
like "$(cat "$OUT")" '^not ok' 'no tests: says not ok'
fails 'no done_testing' 'ok yes true'
fails 'empty script' ':'
fails 'ok of false' 'ok no false; done_testing'
fails 'is' 'is a b name; done_testing'
fails 'like' 'like abc "^b" name; done_testing'
fails 'unlike' 'unlike abc b name; done_testing'
fails 'json_is with a difference' 'json_is "{\"a\":1}" "{\"a\":2}" x; done_testing'
fails 'json_is with no JSON' 'json_is "{" "{" x; done_testing'
fails 'json_is with nothing' 'json_is "" "" x; done_testing'
fails 'jq_ok' 'echo 1 >f; jq_ok ". == 2" x f; done_testing'
fails 'status_is with another status' 'status_is 2 sh -c "exit 3"; done_testing'
fails 'status_is 139, a crash' 'status_is 139 sh -c "kill -SEGV \$\$"; done_testing'
fails 'status_is of a missing command' 'status_is 127 no-such-command; done_testing'
fails 'must_fail of success' 'must_fail true; done_testing'
fails 'must_fail of a crash' 'must_fail sh -c "kill -ABRT \$\$"; done_testing'
fails 'must_fail of a missing command' 'must_fail no-such-command; done_testing'
fails 'must_fail of a sanitizer' 'must_fail sh -c "exit 199"; done_testing'
fails 'sig_is with another signal' 'sig_is TERM sh -c "kill -INT \$\$"; done_testing'
fails 'sig_is without signal' 'sig_is TERM true; done_testing'
fails 'timeout_is of what hangs' 'timeout_is 0.2 sleep 20; done_testing'
fails 'a hanging command' 'TEST_TIMEOUT=0.2; ok hang sleep 20; done_testing'
fails 'a process left behind' 'sleep 200 & no_children_left; kill $!; done_testing'
fails 'an orphan' 'no_orphans sh -c "setsid sleep 20 &"; done_testing'
fails 'an orphan with an empty environment' \
    'no_orphans env -i /bin/sh -c "cd /; setsid sleep 20 &"; done_testing'
fails 'an unset variable' 'ok yes true; echo $no_such_variable; done_testing'
fails 'a failure in a pipe' 'echo x | ok no false; done_testing'
fails 'a failure although the script goes on' 'ok no false; ok yes true; done_testing'
fails 'a bad modeld script' 'modeld_start "sing loudly"; done_testing'
fails 'a fault that modeld saw' 'modeld_start "text a"
curl -s $URL/chat/completions -d x >out; modeld_ok; done_testing'
like "$(cat "$ERR")" 'kept: ' 'evidence of a failure is kept'
ls -d inner/tmp/t-inner.*.meta >kept
[ -s kept ]; _if $? 'the kept directories are there' ''
rm -rf inner/tmp

passes 'everything that should' '
ok yes true
status_is 3 sh -c "exit 3"
status_is 0 true
must_fail false
sig_is KILL sh -c "kill -KILL \$\$"
is "a b" "a b" "a name
of two # lines"
like "abc
def" "^d" like
unlike abc "^d" unlike
json_is "{\"a\":1,\"b\":2}" "{\"b\":2,\"a\":1}" json
timeout_is 20 sh -c "exit 7"
no_orphans true
no_children_left
echo x | status_is 0 cat
is "$(cat "$OUT")" x "output of the command"
skip "no reason" nothing
done_testing'
like "$(cat "$OUT")" '^1\.\.15$' 'tests in pipes are counted'
like "$(cat "$OUT")" '^ok - nothing # SKIP no reason$' 'skip'
is "$(ls -A inner/tmp)" '' 'nothing is left after success'
passes 'skip_all' 'skip_all "not here"'
is "$(cat "$OUT")" '1..0 # SKIP not here' 'skip_all'
passes 'plan' 'plan 1; ok yes true; done_testing'

AGENT_MODEL=x AGENT_FOO=y http_proxy=http://x inner 'environment' 'env | sort'
unlike "$(cat "$OUT")" '^(AGENT_(MODEL|FOO)|http_proxy)=' 'foreign settings are gone'
like "$(cat "$OUT")" '^AGENT_DISCOVER=none$' 'no discovery'
like "$(cat "$OUT")" '^TZ=UTC$' 'UTC'
like "$(cat "$OUT")" "^HOME=$TRASH/inner/tmp/t-inner" 'HOME inside the trash'

# tests/run agrees with prove about all of that
try() { status_is "$1" sh "$ROOT/tests/run" "$2"; }
script() { printf '#!/bin/sh\n%s\n' "$1" >r.t; }
script 'echo "ok 1 - a"; echo 1..1';            try 0 r.t
like "$(tail -n 1 "$OUT")" '^Result: PASS$' 'run says PASS'
script 'echo "not ok 1 - a"; echo 1..1';        try 1 r.t
like "$(tail -n 1 "$OUT")" '^Result: FAIL$' 'run says FAIL'
script 'echo "ok 1 - a"; echo 1..2';            try 1 r.t
script 'echo "ok 1 - a"; echo 1..1; exit 3';    try 1 r.t
script 'echo "ok 1 - a"';                       try 1 r.t
script 'echo 1..0';                             try 1 r.t
script ':';                                     try 1 r.t
script 'echo "1..0 # SKIP none"';               try 1 r.t
like "$(tail -n 1 "$OUT")" '^Result: NOTESTS$' 'nothing but skips is no success'
status_is 1 sh "$ROOT/tests/run"

# tap.h: what must fail fails
compiled() {	# compiled STATUS 'STATEMENTS' NAME
	printf '#include "tap.h"\nint main(void) { %s; return done_testing(); }\n' \
	    "$2" >t.c
	${CC:-cc} -w -I"$ROOT/tests" -o t t.c && _run ./t
	[ "$STATUS" = "$1" ] && tail -n 1 "$OUT" | grep -q '^1\.\.[1-9]'
	_if $? "tap.h: $3" "$(_said)"
}
if command -v "${CC:-cc}" >which; then
	compiled 0 'ok(1, "x"); is_int(2, 2, "n"); is_str("a", "a", "s");
	    is_str(NULL, NULL, "0"); is_mem("a", 1, "a", 1, "m"); has("ab", "b", "h");
	    skip("why", "s")' 'what holds'
	for s in '' 'ok(0, "x")' 'is_int(1, 2, "n")' 'is_str("a", "b", "s")' \
	    'is_str("", NULL, "s")' 'is_mem("a", 1, "ab", 2, "m")' 'has("a", "b", "h")'; do
		compiled 1 "$s" "not ${s:-nothing at all}"
	done
else
	skip 'no compiler' 'tap.h'
fi

# failio makes calls fail, and counts them
echo abc >f
preloads || { skip 'nothing is loaded into these programs' failio; done_testing; }
status_is 1 env LD_PRELOAD="$STUB/failio.so" FAILIO_CALL=read FAILIO_PATH=/f \
    FAILIO_N=1 head -n 1 f
status_is 0 env LD_PRELOAD="$STUB/failio.so" FAILIO_CALL=read FAILIO_PATH=/g \
    FAILIO_N=1 FAILIO_COUNT="$TRASH/count" head -n 1 f
is "$(cat count)" 'read 0' 'failio counts only what the filter names'
status_is 1 env LD_PRELOAD="$STUB/failio.so" FAILIO_CALL=rename FAILIO_N=1 \
    FAILIO_ERRNO=ENOSPC mv f g
like "$(cat "$ERR")" 'No space left' 'failio: the error asked for'
done_testing
