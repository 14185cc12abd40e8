#!/bin/sh
# readme.sh [keep]: print README, made of man/README.in, of the examples of
# agent(7), of the names of all pages, and of a session that is really run here;
# "keep" takes that session out of the README there is, for the lint, which has
# no programs.  6020-readme.t looks whether it is fresh.
#
#	sh tests/readme.sh >README.new && mv README.new README
set -eu
cd "$(dirname "$0")/.."
pages() {
	for p in man/agent.7 man/agent-*.[1-9]; do
		name=${p#man/}
		printf '    %-20s%s\n' "${name%.*}(${name##*.})" \
		    "$(sed -n 's/^\.Nd //p' "$p")"
	done
}
transcript() {
	if [ "${1:-}" = keep ]; then
		awk '/^What it looks like/ { on = 1; next } on && /^    / { print; was = 1 }
		    was && !/^    / { exit }' README
	else
		PATH="${BUILD:-$PWD/build}/bin:$PATH" sh share/agent/demo/transcript.sh |
		    sed 's/^/    /'
	fi
}
while IFS= read -r line; do
	case $line in
	@PIPELINES@) awk -v most=10 -f tests/readme.awk man/agent.7 ;;
	@PAGES@) pages ;;
	@TRANSCRIPT@) transcript "${1:-}" ;;
	*) printf '%s\n' "$line" ;;
	esac
done <man/README.in
