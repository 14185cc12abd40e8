# Every shell script passes shellcheck, as POSIX sh unless it says otherwise.
if ! command -v shellcheck >/dev/null; then
	echo 'skip: no shellcheck here'
	exit 0
fi
set -- .ci/run share/bootstrap tests/run tests/coverage tests/lint/run tests/readme.sh \
    tests/portable.sh tests/deb.sh tests/reproducible.sh tests/boot.sh
# shellcheck disable=SC2046
set -- "$@" $(grep -rlE '^#! ?/(usr/)?bin/(env )?(ba)?sh' share |
    grep -v '^share/bootstrap$')
[ ! -f completions/agent.bash ] || set -- "$@" completions/agent.bash
shellcheck -f gcc -e SC2016 "$@"
shellcheck -f gcc -s sh tests/lint/*.sh
# Tests quote JSON and jq filters all the time: warnings only.
set -- tests/lib.sh tests/bench.sh
for f in tests/*.t tests/bench/*.sh; do
	[ ! -f "$f" ] || set -- "$@" "$f"
done
shellcheck -f gcc -S warning -e SC1091,SC1112,SC2010,SC2217,SC2238 "$@"
:
