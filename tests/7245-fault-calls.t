#!/bin/sh
# Calls that no tool can take, of any number, size and depth, and commands that
# flood: each has a result, the talk goes on as a valid one, in bounded memory.
# FAULTS=long: 1 GB of output, an argument of 50 MB.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
mkdir work && cd work || exit 99
good=$_meta/good out=$_meta/act.out err=$_meta/act.err
big=2000000; [ -z "$LONG" ] || big=50000000
# stream NAME PERL: an answer of calls [NAME, ARGUMENTS in pieces...]
stream() {
	perl -e '
	print "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
	my $i = 0;
	sub piece { my ($i, $x, $s) = @_; $s =~ s/([\\"])/\\$1/g;
	    print qq(data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":$i,${x}"arguments":"$s"}}]}}]}\n\n); }
	sub call { my ($name, @s) = @_;
	    piece($i, qq("id":"p$i","type":"function","function":{"name":"$name",), shift @s);
	    piece($i, qq("function":{), $_) for @s; $i++; }
	'"$2"'
	print qq(data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n);' >"$TRASH/$1.raw"
}
# shellcheck disable=SC2016
{
stream many 'call("list_files", q({"path":".)."/" x ($_ % 7).q("})) for 1 .. 200;'
stream deep 'call("read_file", q({"path":), "[" x 100000, "]" x 100000, "}"); call("read_file", "[" x 100000);
    call("read_file", q({"path":"f","x":).q({"a":) x 100000);'
stream big 'call("write_file", q({"path":"big","content":"), ("x" x 100000) x ('$big' / 100000), q("}));'
[ -z "$LONG" ] || stream flood 'call("write_file", q({"path":"never","content":"), ("y" x 1000000) x 80, q("}));'
}
echo text >f
modeld_start 'set strict
when last-role=tool text "done"
when last-contains "go on" text "Re: go on"
when last-contains "many" raw many.raw
when last-contains "deep" raw deep.raw
when last-contains "big" raw big.raw
when last-contains "flood" raw flood.raw
when last-contains "half" call read_file "{\"path\": \"f"
when last-contains "words" call read_file "the file f, please"
when last-contains "array" call read_file "[\"f\"]"
when last-contains "number" call read_file {"path":7}
when last-contains "missing" call read_file {}
when last-contains "unknown" call no_such_tool {"a":1}
when last-contains "climb" call "../../bin/sh" {"command":"touch climbed"}
when last-contains "blank" call " " {}
when last-contains "hang" call shell {"command":"echo begun >begun; sleep 300"}
when last-contains "output" call shell {"command":"head -c 1000000000 /dev/zero"}
when last-contains "noise" call shell {"command":"head -c 3000000 /dev/urandom"}' --max-seconds 900
export AGENT_MODEL_URL="$URL" AGENT_MODEL=m AGENT_MODEL_API_KEY="$SECRET"
# Its most memory, and that of each child, in KiB, where it can be told.
measured() {
	if command -v python3 >"$good" && ! sanitized; then
		python3 -c 'import resource, subprocess, sys
st = subprocess.call(sys.argv[2:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open(sys.argv[1], "w"))
sys.exit(st)' "$_meta/most" "$@"
	else
		echo 1 >"$_meta/most"; "$@"
	fi
}
# asked WORD ERRORS TEXT: so many results are errors, one has this text
asked() {
	case $1 in big | output) with=measured ;; *) with= ;; esac
	$with timeout -k 1 120 agent-chat -nq --no-guard --format events "$1" >"$out" 2>"$err"; st=$?
	is "$st $(tail -n 1 "$out" | jq -r .text)" '0 done' "$1: the talk goes on" || diag "$(cat "$err")"
	is "$(jq -c 'select(.role == "tool" and .agent.is_error) | 1' "$(session)" | wc -l)" "$2" "$1: $2 results are errors"
	like "$(jq -r 'select(.role == "tool").content' "$(session)" | cut -c 1-300)" "$3" "$1: said so"
	is "$(jq -s '([.[].tool_calls[]?.id] | sort) == ([.[] | select(.role == "tool").tool_call_id] | sort) and
	    (map(.seq) == [range(length)])' "$(session)")" true "$1: each call has its result, in order"
	case $1 in array | number | missing | noise | output) return ;; esac
	agent-chat -nqc 'go on' >"$out" 2>"$err"
	is "$? $(tail -n 1 "$out")" '0 Re: go on' "$1: and on resume" || diag "$(cat "$err")"
}

# row 26 (B)
while IFS='|' read -r word errors text; do
	asked "$word" "$errors" "$text"
done <<'EOT'
half|1|.
words|1|.
array|1|object
number|1|path
missing|1|path
unknown|1|no_such_tool
climb|1|.
blank|1|.
deep|3|.
EOT
mkdir -p "$HOME/.config/agent"
echo '{"window":100000}' >"$HOME/.config/agent/config.json"; asked many 0 entr
rm "$HOME/.config/agent/config.json"
# With less room the turn ends, and whoever speaks then is answered.
agent-chat -nq many >"$out" 2>"$err"; st=$?
is "$st $(wc -l <"$err")" '3 1' '200 calls in a window of 8,192 tokens: told' || diag "$(cat "$err")"
agent-chat -nqc 'go on' >"$out" 2>"$err"
is "$? $(cat "$out")" '0 Re: go on' 'and then the talk goes on'
is "$(find . -name climbed)" '' 'a name is no path'
asked big 0 "big"
is "$(stat -c %s big)" $big "an argument of $big bytes is written"
[ "$(cat "$_meta/most")" -lt 900000 ]; _if $? 'in less than 900 MB' "$(cat "$_meta/most")"
# More than a line may have.
if [ -n "$LONG" ]; then
	timeout -k 1 120 agent-chat -nq --format events flood >"$out" 2>"$err"; st=$?
	tail -n 1 "$out" | jq -e ".type == \"result\" and .exit_code == $st" >"$good"; _if $? "80 MB: a result, status $st" "$(cut -c 1-300 "$err")"
	is "$([ ! -e never ] && wc -l <"$err")" 1 'one line, and nothing is written'
	agent-chat -nqc 'go on' >"$out" 2>"$err"
	is "$? $(cat "$out")" '0 Re: go on' 'and the talk goes on'
fi
# A name that a strict server refuses is sent once more, as a good one.
is "$(jq -r 'select(.fault).fault' "$MODELD_LOG" | sort -u)" 'messages[2].tool_calls[0]: bad function name' 'every other request was a valid talk'

# row 29 (N B)
if agent-tool doctor >"$good" 2>&1; then
	asked noise 0 '.'
	[ -z "$LONG" ] || { asked output 0 '1000000000 bytes'
	    [ "$(cat "$_meta/most")" -lt 300000 ]; _if $? 'a flood of 1 GB takes less than 300 MB' "$(cat "$_meta/most")"; }

	# row 30 (N T): who is between agent-tool and the end of the command
	below() {	# below PID NAME: the process of that name that it started
		for _p in $(pgrep -P "$1"); do
			[ "$(cat /proc/"$_p"/comm 2>/dev/null)" != "$2" ] || echo "$_p"
			below "$_p" "$2"
		done
	}
	for who in agent-jail sleep; do
		rm -f begun
		agent-chat -nq --format events hang >"$out" 2>"$err" & p=$!
		for _ in $(seq 200); do [ ! -e begun ] || [ -z "$(below $p sleep)" ] || break; sleep 0.05; done
		# shellcheck disable=SC2046
		kill -KILL $(below $p $who) 2>"$good"; wait $p; st=$?
		is "$st $(tail -n 1 "$out" | jq -r .text)" '0 done' "$who killed: the talk goes on" || diag "$(cat "$err")"
		is "$(jq -c 'select(.role == "tool").agent.is_error' "$(session)")" true "$who killed: the result is an error"
		like "$(jq -r 'select(.role == "tool").content' "$(session)")" 'signal 9|killed|exit 137' 'that says so'
		no_children_left "$who killed: nothing lives on"
	done
else
	skip 'no commands here' 'floods'
fi
modeld_stop
no_children_left
is "$(litter "$HOME" .)" '' 'no temporary file'
rm -f ../*.raw; secretless
done_testing
