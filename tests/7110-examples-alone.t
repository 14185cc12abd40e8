#!/bin/sh
# The examples that run by themselves, from make, git and cron, do what their
# headers say.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
unset MAKEFLAGS MFLAGS MAKELEVEL
examples=$ROOT/share/examples
export AGENT_MODEL=test-model
serve() { modeld_start "$@" && export AGENT_MODEL_URL="$URL"; }
asked() { jq -s 'map(select(.turn)) | length' "$MODELD_LOG"; }

ls "$examples" | grep -v -e README -e rehearse.rec | while read -r f; do
	grep -q "^  $f " "$examples/README" || echo "$f"
done >unlisted
is "$(cat unlisted)" '' 'README lists each of them'

# ---- agent.mk
mkdir mk && cd mk || exit 99
for i in 1 2 3 4 5; do echo "question $i" >"q$i.prompt.md"; done
serve 'default text "answer to {last}"'
answers() { ok "$1" make -s -j 4 -f "$examples/agent.mk"; }
answers 'make asks'
is "$(cat q3.answer.md)" 'answer to question 3' 'answers stand beside prompts'
is "$(asked)" 5 'each was asked'
answers 'make again'
is "$(asked) $(cat "$OUT" "$ERR")" '5 ' 'asks nothing, and is silent'
touch -d '1 hour ago' ./*.answer.md && touch -d '2 hours ago' ./*.prompt.md
echo 'question 9' >q3.prompt.md
answers 'one has changed'
is "$(asked) $(cat q3.answer.md)" '6 answer to question 9' 'only it is asked'
echo 'Be short.' >system.md
answers 'new instructions'
is "$(asked)" 11 'all are asked'
is "$(tail -n 1 "$MODELD_LOG" | jq -r '.body.messages[0].content')" \
    'Be short.' 'with them'
# Edited while it is answered, in place, and by another file of that name: the
# server that is asked does it.
if command -v python3 >which; then
	mkdir late && cd late || exit 99
	cat >edits.py <<'EOT'
import http.server, json, os, sys
class Asked(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_POST(self):
        ask = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "first" in ask:
            if sys.argv[1] == "new":
                open("new", "w").write("second\n")
                os.rename("new", "q.prompt.md")
            else:
                open("q.prompt.md", "w").write("second\n")
        body = json.dumps({"choices": [{"index": 0, "finish_reason": "stop", "message":
            {"role": "assistant", "content": "one" if "first" in ask else "two"}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
s = http.server.HTTPServer(("127.0.0.1", 0), Asked)
print(s.server_port, flush=True)
s.serve_forever()
EOT
	mkfifo port
	for how in same new; do
		echo first >q.prompt.md && touch -d '1 hour ago' q.prompt.md && rm -f q.answer.md
		python3 edits.py $how >port 2>"$ERR" & edits=$!
		read -r port <port
		for n in 1 2 3; do
			AGENT_MODEL_URL=http://127.0.0.1:$port/v1 make -s -f "$examples/agent.mk" >"$OUT" 2>&1
			cat q.answer.md
		done >answers
		kill $edits
		{ wait $edits; } 2>"$ERR"
		is "$(xargs <answers)" 'one two two' "a prompt that is edited meanwhile ($how) is asked again"
	done
	cd .. || exit 99
fi
mkdir names && cd names || exit 99
for n in '$(id>made)' '`id>made`' ';id>made;' "it's" '(c)' '&b' '-x' '{}'; do
	echo "question $n" >"$n.prompt.md"
done
answers 'names that the shell would read'
is "$(find . -name '*.answer.md' | wc -l | xargs) $(find . -name 'made*')" '8 ' 'are names'
cd .. || exit 99
rm q2.answer.md
modeld_stop
must_fail make -s -k -f "$examples/agent.mk"
is "$(cat q2.answer.md 2>&1 | head -c 4; cat q1.answer.md)" \
    'cat:answer to question 1' 'a failure leaves no file, and the others alone'
cd .. || exit 99

# ---- prepare-commit-msg
mkdir repo && cd repo && git init -q . || exit 99
git config user.name a && git config user.email a@b
cp "$examples/prepare-commit-msg" .git/hooks/
serve 'set strict
when contains "buy tea" text "Want tea\n\nIt is warm.\n# not this\n"
default text "Something else"'
echo 'buy tea' >notes && git add notes
ok 'git commit' env GIT_EDITOR=true git commit -q
is "$(git log -1 --format=%B)" "$(printf 'Want tea\n\nIt is warm.')" \
    'the proposal is the message'
echo milk >>notes
ok 'git commit -m' git commit -qam mine
is "$(git log -1 --format=%s) $(asked)" 'mine 1' 'asks nothing'
modeld_ok
modeld_stop
echo bread >>notes
ok 'without a model' env GIT_EDITOR='echo own >' git commit -qa
is "$(git log -1 --format=%s)" own 'a commit works'
like "$(cat "$ERR")" 'no proposal: agent-gate: ' 'and says why not'
cd .. || exit 99

# ---- nightly.sh
command -v flock >/dev/null || skip_all 'no flock here'
mkdir -p project/.agents && echo 'What is broken?' >project/.agents/nightly.md
serve 'when contains "What is broken?" lacks "write_file" text "Nothing."'
ok 'nightly.sh' "$examples/nightly.sh" project reports
is "$(cat "$OUT" "$ERR")" '' 'is silent'
is "$(cat reports/*.md)" 'Nothing.' 'and writes the report'
flock reports/.lock sh -c '"$@"; echo $? >st' sh \
    "$examples/nightly.sh" project reports >"$OUT" 2>"$ERR"
is "$(cat st)" 75 'one at a time'
like "$(cat "$ERR")" 'project: the last one still runs' 'says which'
modeld_stop
status_is 69 "$examples/nightly.sh" project reports
like "$(cat "$ERR")" 'no report on project \(status 69\)' 'mail says what'
like "$(cat "$ERR")" '^agent-(chat|gate): ' 'and why'
is "$(cat reports/*.md)" 'Nothing.' 'the old report stays'
mkdir -p "$XDG_CONFIG_HOME/agent"
echo '{"prices":{"*":{"input":1000000,"output":1000000}},
"budgets":{"night":{"max_cost":0.01}}}' >"$XDG_CONFIG_HOME/agent/config.json"
serve 'default text "Dear."'
status_is 3 env BUDGET=night "$examples/nightly.sh" project reports
is "$(asked)" 0 'a budget that has no room asks nothing'
rm "$XDG_CONFIG_HOME/agent/config.json"
status_is 2 "$examples/nightly.sh"

# As cron does it: what the header says for the table, and cron's environment.
mkdir -p "$HOME/src" local "$HOME/.config/agent" && cp -r project "$HOME/src/" &&
    cp "$examples/nightly.sh" local/ || exit 99
ln -s "$(dirname "$(command -v agent-chat)")"/agent-* local/
serve 'when contains "What is broken?" text "The roof."'
echo '{"model":"m","model_url":"'"$URL"'"}' >"$HOME/.config/agent/config.json"
sed -n 's/^#\t//p' local/nightly.sh >table
dir=$(sed -n 's/^PATH=\([^:]*\):.*/\1/p' table)
path=$(sed -n "s|^PATH=$dir:|$PWD/local:|p" table)
command=$(sed -n 's/^[0-9*]* [0-9*]* [0-9*]* [0-9*]* [0-9*]*  *//p' table)
cron() { (cd "$HOME" && _run env -i HOME="$HOME" LOGNAME=me SHELL=/bin/sh "$@"; echo $STATUS) >st; STATUS=$(cat st); }
cron PATH="$path" sh -c "$command"
is "$STATUS $(cat "$OUT" "$ERR")" '0 ' 'nightly.sh by the table of its header'
is "$(cat "$HOME"/reports/*.md)" 'The roof.' 'writes the report'
if ! PATH=/usr/bin:/bin command -v agent-chat >which; then
	cron PATH=/usr/bin:/bin sh -c "$PWD/local/$command"
	is "$STATUS $(grep -c 'no report on .*(status 127)' "$ERR")" '127 1' \
	    'which needs its line with the PATH, as the mail says'
	like "$(cat "$ERR")" 'agent-chat: not found' 'and why'
fi
rm "$HOME/.config/agent/config.json"
no_children_left
done_testing
