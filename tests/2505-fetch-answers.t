#!/bin/sh
# fetch: answers that are empty, of another length than they say, without a
# head or with an endless one, packed so that they grow without a bound: told
# or read, in bounded memory, never waited for.
# shellcheck disable=SC2154
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/faults.sh"
PATH=$BUILD/libexec/agent:$PATH
answer() {	# answer NAME [HEADER...]: at /NAME the lines given, then stdin
	_f=$1; shift
	{ [ $# = 0 ] || { printf '%s\r\n' "$@"; printf '\r\n'; }; cat; } >"$_f.raw"
	echo "when path=/$_f raw $_f.raw" >>script
}
ok='HTTP/1.1 200 OK' type='Content-Type: text/plain'
# The connection stays open after these: who waits for a body waits for long.
kept() { answer "$@" </dev/null; echo "when path=/$1 raw $1.raw keep" >>script.kept; }
kept 204 'HTTP/1.1 204 No Content'
kept 204-length 'HTTP/1.1 204 No Content' 'Content-Length: 50'
kept 205 'HTTP/1.1 205 Reset Content' 'Content-Length: 0'
kept 304 'HTTP/1.1 304 Not Modified' 'Content-Length: 50'
kept zero "$ok" "$type" 'Content-Length: 0'
kept zero-chunks "$ok" 'Transfer-Encoding: chunked' '' '0'
printf 'a body all the same' | answer 204-body 'HTTP/1.1 204 No Content' "$type"
answer none "$ok" "$type" </dev/null
answer nothing </dev/null
answer head-only "$ok" </dev/null
printf '<html><title>old</title>From before there were heads.' | answer 0.9
printf 'HTTP/0.9 200 OK\r\n\r\nold' | answer 0.9-named
printf 'HTTP/9.9 200 OK\r\nContent-Length: 3\r\n\r\nnew' | answer 9.9
printf 'HTTP/1.1 9999 OK\r\n\r\nx' | answer status-9999
printf 'HTTP/1.1 \r\n\r\nx' | answer status-none
printf 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nten' | answer 1.0
printf 'six by' | answer too-long "$ok" "$type" 'Content-Length: 600'
printf '12345 and what nobody announced' | answer too-short "$ok" "$type" 'Content-Length: 5'
printf x | answer minus "$ok" "$type" 'Content-Length: -1'
printf x | answer words "$ok" "$type" 'Content-Length: many'
printf x | answer vast "$ok" "$type" 'Content-Length: 99999999999999999999999999'
printf x | answer exa "$ok" "$type" 'Content-Length: 9000000000000000000'
printf '5\r\nhello\r\n0\r\n\r\n' | answer both "$ok" "$type" 'Content-Length: 3' 'Transfer-Encoding: chunked'
printf '5\r\nhello\r\n' | answer no-last "$ok" "$type" 'Transfer-Encoding: chunked'
printf 'zz\r\nhello\r\n' | answer bad-chunk "$ok" "$type" 'Transfer-Encoding: chunked'
printf 'ffffffffffffffffffff\r\nhello' | answer vast-chunk "$ok" "$type" 'Transfer-Encoding: chunked'
# Heads that do not end, of 5 MB.
lines() { yes "$1" | head -n 100000 | sed 's/$/: a header of fifty bytes, to be over soon\r/'; }
{ printf '%s\r\n' "$ok" "$type"; lines X-Y; } | answer heads
yes 'HTTP/1.1 100 Continue' | head -n 100000 | sed 's/$/\r\n\r/' | answer interim
{ printf '5\r\nhello\r\n0\r\n'; lines X-T; } | answer trailers "$ok" "$type" 'Transfer-Encoding: chunked'
{ printf 'HTTP/1.1 200 '; head -c 8000000 /dev/zero | tr '\0' y; } | answer reason
# A body without an end, and what unpacks to 10 GB, once and twice.
head -c 8000000 /dev/zero | tr '\0' z | answer endless "$ok" "$type"
bombs=''
perl -MCompress::Raw::Zlib -e '
	my $piece = sub { my ($data, $out) = (shift, "");
	    my ($d) = Compress::Raw::Zlib::Deflate->new(-WindowBits => -15, -Level => 9, -AppendOutput => 1);
	    $d->deflate($data, $out); $d->flush($out, Z_FULL_FLUSH); return $out; };
	# A piece ends at a byte, so that it may stand as often as one likes.
	my $head = "\x1f\x8b\x08\0\0\0\0\0\0\3";
	my $ten = $head . $piece->("\0" x 10_000_000) x 1000;
	print STDOUT $ten; open my $f, ">", "twice"; print $f $head, $piece->($ten);' >once 2>"$ERR" && bombs=1
if [ "$bombs" ]; then
	answer bomb "$ok" "$type" 'Content-Encoding: gzip' <once
	answer bomb2 "$ok" "$type" 'Content-Encoding: gzip, gzip' <twice
	answer bomb-html "$ok" 'Content-Type: text/html' 'Content-Encoding: gzip' <once
fi
printf x | answer layers "$ok" "$type" "Content-Encoding: $(yes gzip, | head -n 500 | tr -d '\n') gzip"
cat script >>script.kept
modeld_start script.kept
AT=${URL%/v1}
export AGENT_ALLOW_HOST=127.0.0.1:${AT##*:}

# row 32 (E B)
# Its most memory in KiB, where it can be told, goes to the file most.
measured() {
	if command -v python3 >"$_meta/good" && ! sanitized; then
		timeout -k 1 30 python3 -c 'import resource, subprocess, sys
st = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open("most", "w"))
sys.exit(st)' "$@"
	else
		echo 1 >most; timeout -k 1 30 "$@"
	fi
}
top=0; echo 1 >most
while IFS='|' read -r path status said body; do
	case $path in *bomb*) [ "$bombs" ] || { skip 'no Compress::Raw::Zlib' "$path"; continue; } ;; esac
	case $path in *bomb* | heads | interim | trailers | reason | endless) with=measured ;; *) with='timeout -k 1 30' ;; esac
	$with agent-fetch --timeout 20s "$AT/$path" >"$OUT" 2>"$ERR" </dev/null; st=$?
	[ "$(cat most)" -lt $top ] || top=$(cat most)
	like "$st $(head -c 300 "$OUT" | tr -d '\0')" "^$status $body" "$path: status $status"
	like "$(wc -l <"$ERR") $(cat "$ERR")" "^1 agent-fetch: .*$said" "$path: said so, in one line"
	[ "$st" != 124 ] || fail "$path: was waited for"
done <<'EOT'
204|0|204 No Content|\[the answer is empty\]
204-length|0|204 No Content|\[the answer is empty\]
204-body|0|204 No Content|\[the answer is empty\]
205|0|205|\[the answer is empty\]
304|.|304|
zero|0|200 OK, text/plain, 0 bytes|\[the answer is empty\]
zero-chunks|0|200 OK|\[the answer is empty\]
none|0|200 OK, text/plain, 0 bytes|\[the answer is empty\]
head-only|0|200 OK|\[the answer is empty\]
nothing|75||
0.9|76|not in HTTP|
0.9-named|76|not in HTTP|
9.9|76|not in HTTP|
status-9999|76|not in HTTP|
status-none|76|not in HTTP|
1.0|0|200 OK, text/plain, 3 bytes|ten
too-long|75|broke off|
too-short|0|text/plain, 5 bytes|12345$
minus|76||
words|76||
vast|[07]|.*|
exa|75|broke off|
both|0|5 bytes|hello
no-last|75|broke off|
bad-chunk|7[56]||
vast-chunk|7[56]||
heads|76|longer than|
interim|76|longer than|
trailers|76|longer than|
reason|76|without an end|
endless|0|5000000 bytes of more|z
bomb|0|5000000 bytes of more|
bomb2|0|5000000 bytes of more|
bomb-html|0|5000000 bytes of more|
layers|76||
EOT
diag "the most memory of one: $top KiB"
[ "$top" -lt 200000 ]; _if $? 'none took 200 MB of memory' "$top KiB"
modeld_stop
no_children_left
done_testing
