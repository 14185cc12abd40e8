#!/bin/sh
# Files that go with a prompt: pictures to models that take them, texts to
# all, and a clear word about the rest; the system prompt that a model's
# profile asks for.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
modeld_start 'set strict
set parts
set models "m qwen2.5-coder:7b gemma-3-27b-it mine"
when contains "blind" contains "image_url" status 500 message="image input is not supported - hint: if this is unexpected, you may need to provide the mmproj" type=server_error
default text "Seen."'
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m
mkdir work && cd work || exit 99
printf '\211PNG\r\n\032\n1234' >a.png
printf '\377\330\377\340abc' >b.txt		# a JPEG, whatever its name says
printf 'GIF89aabc' >c.gif
printf 'RIFF\1\1\1\1WEBPVP8 ' >d.webp
printf 'oolong\nassam' >teas
sent() { jq -c 'select(.body | type == "object") | .body.messages[-1].content' "$MODELD_LOG" | tail -n 1; }
urls() { sent | jq -r '.[] | select(.type == "image_url").image_url.url' | tr '\n' ' '; }

ok '-a' agent-chat -n -a a.png -a b.txt -a c.gif --attach=d.webp 'What?'
is "$(sent | jq -c '.[0]')" '{"type":"text","text":"What?"}' 'the prompt'
is "$(urls)" "data:image/png;base64,$(base64 -w0 a.png) data:image/jpeg;base64,$(base64 -w0 b.txt) data:image/gif;base64,$(base64 -w0 c.gif) data:image/webp;base64,$(base64 -w0 d.webp) " \
    'four pictures, by what they hold'
like "$(agent-chat sessions export)" '^\(a picture: image/png, about [0-9]+ bytes\)' 'the export says so'
ok 'the session has them' agent-chat -n -c 'again'
is "$(jq -c 'select(.body | type == "object") | [.body.messages[] | .content | type]' "$MODELD_LOG" | tail -n 1)" \
    '["string","array","string","string"]' 'and they are sent again'
ok 'a text' agent-chat -n -a teas 'Which?'
is "$(sent | jq -r .)" 'Which?

<file name="teas">
oolong
assam
</file>' 'stands behind the prompt'
ok '-MD' agent-chat -n -a teas -a a.png -o out -MD out.d 'Which?'
like "$(head -n 1 out.d)" "$PWD/teas $PWD/a.png" 'attached files were read'
ok '--skip-done' agent-chat -n -a a.png -o out --skip-done 'Which?'
n=$(wc -l <"$MODELD_LOG")
ok 'again' agent-chat -n -a a.png -o out --skip-done 'Which?'
is "$(wc -l <"$MODELD_LOG")" "$n" 'is done'
printf 5 >>a.png
ok 'another picture' agent-chat -n -a a.png -o out --skip-done 'Which?'
is $(($(wc -l <"$MODELD_LOG") > n)) 1 'is another question'

# What is not taken.
status_is 78 agent-chat -n --model qwen2.5-coder:7b -a a.png 'What?'
like "$(cat "$ERR")" 'qwen2.5-coder:7b takes no pictures; try' 'a model that does not see'
ok 'one that does' agent-chat -n --model gemma-3-27b-it -a a.png 'What?'
status_is 78 agent-chat -n --offline -a a.png 'What?'
ok 'the offline model reads texts' agent-chat -n --offline -a teas 'hello'
agent-chat -n -a a.png blind >"$OUT" 2>"$ERR"
like "$?$(cat "$ERR")" '^[1-9].*image input is not supported' 'the word of the server'
status_is 66 agent-chat -n -a nothing.png 'What?'
status_is 65 agent-chat -n -a . 'What?'
head -c 3000 /dev/zero >zeros
status_is 65 agent-chat -n -a zeros 'What?'
like "$(cat "$ERR")" 'zeros: neither a text nor a picture' 'neither'
{ cat a.png; head -c 6000000 /dev/zero; } >large.png
status_is 65 agent-chat -n -a large.png 'What?'
{ cat a.png; head -c 3000000 /dev/zero; } >half.png
status_is 65 agent-chat -n -a half.png -a half.png 'What?'
like "$(cat "$ERR")" '5 MiB' 'too many of them'
ok 'a large one' agent-chat -n -a half.png 'What?'
mkfifo pipe
status_is 65 timeout 20 agent-chat -n -a pipe 'What?'

# A person sees it, where there is a program for that.
mkdir bin
printf '#!/bin/sh\nfor f; do :; done\necho "[drawn: $f]"\n' >bin/chafa && chmod +x bin/chafa
tty() { "$STUB/pty" 'expect > 
send What?\r
expect Seen.
expect > 
send \cD' agent-chat -i --attach "$@" >"$OUT" 2>"$ERR"; STATUS=$?; }
PATH=$PWD/bin:$PATH tty a.png
is "$STATUS" 0 'at a terminal'
like "$(cat "$OUT")" '\[drawn: a.png\]' 'it is drawn'
is "$(sent | jq length)" 2 'and goes with the first prompt'
if chafa --version >"$OUT" 2>&1; then
	echo 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR42mP4z8AAR0jM/wxDSwIA6TA/wcg4RrMAAAAASUVORK5CYII=' | base64 -d >real.png	# eight by eight, red and blue
	tty real.png
	like "$(cat "$OUT")" '\[[0-9;]*(48;5|48;2|4[14]|7)[0-9;]*m' 'by the real one, too'
	is "$STATUS $(tail -c 300 "$OUT" | grep -c '\[?25l')" '0 0' 'which leaves the terminal as it was'
else
	skip 'no chafa here' 'drawn by the real one'
fi
TERM=dumb tty a.png
unlike "$(cat "$OUT")" 'drawn' 'not on one that can not'

# The system prompt for a kind of models.
system() { jq -r 'select(.type == "message" and .role == "system").content' "$OUT" | head -n 3; }
ok 'a coder' agent-chat -n --brief none --format events --model qwen2.5-coder:7b hi
like "$(system)" 'Code in an answer changes nothing' 'its own prompt'
ok 'any other' agent-chat -n --brief none --format events hi
like "$(system)" 'Look before you answer' 'the general one'
mkdir -p ~/.config/agent/prompts ~/.config/agent/profiles
echo 'Be mine.' >~/.config/agent/prompts/system-own.md
echo '{"profiles":[{"name":"own","match":{"model":["mine"]},"system":"own"},{"name":"bad","match":{"model":["m"]},"system":"../x"}]}' >~/.config/agent/profiles/own.json
ok "the user's" agent-chat -n --brief none --format events --model mine hi
is "$(system)" 'Be mine.' 'profile and prompt'
ok 'a kind that is none' agent-chat -n --brief none --format events hi
like "$(system)" 'Look before you answer' 'is passed over'
for f in "$ROOT"/share/agent/prompts/system*.md; do
	n=$(jq -cRs '{role: "system", content: .}' <"$f" | agent-gate count --offline | grep -Eo '[0-9]+' | head -n 1)
	is "$((n > 50 && n <= 300))" 1 "$(basename "$f"): $n tokens"
done
no_children_left
done_testing
