# README names the two commands, every program, and no file that is not there.
if [ ! -f README ]; then
	echo 'README:1: missing'
	exit 0
fi
# Its session is looked at by 6020-readme.t, which runs it.
sh tests/readme.sh keep | cmp -s - README ||
    echo 'README:1: not what it is made of; try sh tests/readme.sh >README.new'
for words in 'sh share/bootstrap run' 'sh share/bootstrap check'; do
	grep -q "$words" README || echo "README:1: does not name: $words"
done
for c in cmd/agent-*.c; do
	name=${c#cmd/}
	[ "$name" != agent-jail.c ] || continue
	grep -q "${name%.c}" README || echo "README:1: does not name ${name%.c}"
done
grep -n '@[A-Z]*@' README | sed 's/^\([0-9]*\):.*/README:\1: a place not filled in/'
grep -noE '(^|[[:space:]])(share|tests|man|cmd|lib|completions)/[[:alnum:]_./-]+' \
    README | while IFS=: read -r line path; do
	path=$(printf %s "$path" | tr -d '[:space:]')
	[ -e "${path%.}" ] || [ -e "$path" ] ||
	    echo "README:$line: names $path, which is not there"
done
grep -qx '[0-9]*\.[0-9]*\.[0-9]*' VERSION || echo 'VERSION:1: not a version'
