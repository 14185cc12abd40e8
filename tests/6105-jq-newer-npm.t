#!/bin/sh
# The modules for jq are written for jq 1.6 and hold with the newest jq as
# well: all of 6100 once more with that one, built for node.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/npm.sh"
! ldd "$(command -v agent-chat)" | grep -q asan || skip_all 'the programs are not what is tried here'
export AGENT_TEST_NPM="${AGENT_TEST_NPM:-$ROOT/build/npm}-jq"
npm_need jq-wasm@3.0.0-jq-1.8.2
mkdir bin
# It sees no files: what -L names is read here, and put in place of its
# include.
cat >bin/jq.js <<'EOT'
const { readFileSync } = require('node:fs'), jq = require('jq-wasm')
const flags = [], rest = []
let dir
for (let a = process.argv.slice(2); a.length > 0;) {
	const o = a.shift()
	if (o === '-L') dir = a.shift()
	else if (o.startsWith('--arg')) flags.push(o, a.shift(), a.shift())
	else if (o.startsWith('-')) flags.push(o)
	else rest.push(o)
}
const whole = text => text.replace(/^\s*include "([\w-]+)";/gm,
	(_, m) => whole(readFileSync(`${dir}/${m}.jq`, 'utf8')))
let [query, ...files] = rest
for (let was; was !== query;) query = whole(was = query)
const input = (files.length ? files : [0]).map(f => readFileSync(f, 'utf8')).join('')
jq.raw(input, query, flags).then(r => {
	process.stderr.write(r.stderr && r.stderr + '\n')
	process.stdout.write(r.stdout && r.stdout + '\n')
	process.exitCode = r.exitCode
})
EOT
# What makes the lines for the tests stays with the one that is installed.
printf '#!/bin/sh\ncase " $* " in *" -L "*) NODE_PATH=%s exec node %s "$@" ;; esac\nexec %s "$@"\n' \
    "$TRASH/node_modules" "$TRASH/bin/jq.js" "$(command -v jq)" >bin/jq
chmod 755 bin/jq
mkdir L && echo 'def f: abs, (tostring | " \(.) " | trim);' >L/m.jq
is "$(echo -3 | bin/jq -c -L L 'include "m"; f')" '3
"-3"' 'a jq that knows what came after 1.7'
PATH=$TRASH/bin:$PATH sh "$ROOT/tests/6100-jq.t" >"$OUT" 2>"$ERR"
is $? 0 'all of the tests of the modules'
diag "$(grep -v '^ok' "$OUT")" "$(head -n 20 "$ERR")"
is "$(grep -c '^ok' "$OUT")" "$(sed -n 's/^1\.\.//p' "$OUT")" 'each of them'
done_testing
