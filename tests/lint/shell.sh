# Every shell script passes shellcheck, as POSIX sh unless it says otherwise.
if ! command -v shellcheck >/dev/null; then
	echo 'skip: no shellcheck here'
	exit 0
fi
set -- .ci/run share/bootstrap tests/run tests/lint/run
for f in tests/*.t tests/*.sh tests/coverage tests/bench/*.sh \
    completions/agent.bash; do
	[ -f "$f" ] && set -- "$@" "$f"
done
# shellcheck disable=SC2046
set -- "$@" $(grep -rlE '^#! ?/(usr/)?bin/(env )?(ba)?sh' share tests/data \
    2>/dev/null | grep -v '^share/bootstrap$')
shellcheck -f gcc -e SC1091 "$@"
shellcheck -f gcc -s sh -e SC1091 tests/lint/*.sh
:
