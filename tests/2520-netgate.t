#!/bin/sh
# The network of a sandboxed command: the allowed hosts through a proxy, and
# nothing else by any way.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
PUBLIC=93.184.216.34
box() {
	"$STUB/netbox" -a $PUBLIC -a 93.184.216.35 -a 10.1.2.3 -a 169.254.169.254 \
	    -n public.test=$PUBLIC -n other.test=93.184.216.35 -n a.star.test=$PUBLIC \
	    -n loop.test=127.0.0.1 -n priv.test=10.1.2.3 -n meta.test=169.254.169.254 \
	    -n localhost=127.0.0.1 -n rebind.test=$PUBLIC/127.0.0.1 "$@"
}
box true 2>"$ERR" || skip_all "no network of its own: $(cat "$ERR")"
agent-tool sandbox --allow-host x.test -- true 2>"$ERR" || skip_all "no network namespaces: $(cat "$ERR")"
command -v curl >/dev/null || skip_all 'no curl'

printf 'when path=/ok body public\nwhen path=/post method=POST body got\ndefault status 404\n' >"$TRASH/script"
cat >"$TRASH/cases" <<'EOT'
public|public.test|curl -sS http://public.test/ok
public|*.star.test|curl -sS http://a.star.test/ok
public|public.test|curl -sS --proxytunnel http://public.test:80/ok
public|10.1.2.3|curl -sS http://10.1.2.3/ok
public|priv.test|curl -sS http://priv.test/ok
public|localhost|curl -sS http://localhost/ok
got|public.test|curl -sS -d x=1 http://public.test/post
public|public.test|python3 -c 'import urllib.request as u; print(u.urlopen("http://public.test/ok").read())'
not.allowed|public.test|curl -sS http://other.test/ok
not.allowed|public.test|curl -sS http://public.test:81/ok
not.allowed|public.test|curl -sS http://93.184.216.34/ok
not.allowed|public.test|curl -sS http://evil.public.test/ok
not.allowed|*.test|curl -sS --noproxy '' http://localhost/ok
not.a.public|loop.test|curl -sS http://loop.test/ok
not.a.public|meta.test|curl -sS http://meta.test/ok
not.a.public|*.test|curl -sS http://priv.test/ok
not.a.public|rebind.test|curl -sS http://rebind.test/ok; curl -sS http://rebind.test/ok
403|public.test|curl -sS https://other.test/ok
chunked|public.test|curl -sS -H 'Transfer-Encoding: chunked' -d x http://public.test/post | sed s/without.a.length/chunked/
malformed|public.test|printf 'GET http://public.test/ok HTTP/1.1\nHost: x\n\n' | timeout 5 "$NC"
user.or|public.test|printf 'GET http://u@public.test/ok HTTP/1.1\r\n\r\n' | timeout 5 "$NC" | sed s/malformed/user.or/
onnect|public.test|curl -sS --noproxy '*' -m 2 http://93.184.216.34/ok
esolve|public.test|curl -sS --noproxy '*' -m 2 http://public.test/ok
onnect|127.0.0.1:80|curl -sS --noproxy '*' -m 2 http://127.0.0.1:80/ok
refused|public.test|python3 -c 'import socket; socket.create_connection(("10.1.2.3", 80), 3)' 2>&1 | sed s/unreachable/refused/
TLSok|public.test|python3 "$TRASH/hello.py" public.test public.test
TLSno|public.test|python3 "$TRASH/hello.py" public.test other.test
TLSno|public.test|python3 "$TRASH/hello.py" public.test -
inside|public.test|python3 -m http.server -b 127.0.0.1 8000 >/dev/null 2>&1 & sleep 1; curl -sS http://127.0.0.1:8000/ | sed -n s/.*Directory.*/inside/p; kill $!
EOT
# A client of TLS that says another name than it was let through for; the
# server only tells whether anything came.
cat >"$TRASH/hello.py" <<'EOT'
import socket, ssl, sys
s = socket.create_connection(("127.0.0.1", 3128), 10)
s.sendall(b"CONNECT %s:443 HTTP/1.1\r\n\r\n" % sys.argv[1].encode())
assert b" 200 " in s.recv(1000)
if sys.argv[2] == "-":
    s.sendall(b"SSH-2.0-x\r\n")
else:
    c = ssl.create_default_context()
    i, o = ssl.MemoryBIO(), ssl.MemoryBIO()
    t = c.wrap_bio(i, o, server_hostname=sys.argv[2])
    try:
        t.do_handshake()
    except ssl.SSLWantReadError:
        pass
    s.sendall(o.read())
try:
    print("TLSok" if s.recv(100) == b"came" else "TLSno")
except ConnectionResetError:
    print("TLSno")
EOT
cat >"$TRASH/server.py" <<'EOT'
import socket
s = socket.create_server(("93.184.216.34", 443))
while True:
    c, _ = s.accept()
    if c.recv(1):
        c.sendall(b"came")
    c.close()
EOT
cat >"$TRASH/nc.py" <<'EOT'
import socket, sys
s = socket.create_connection(("127.0.0.1", 3128), 5)
s.sendall(sys.stdin.buffer.read())
while d := s.recv(4096):
    print(d.decode())
EOT
printf '#!/bin/sh\nexec python3 %s\n' "$TRASH/w/nc.py" >nc; chmod +x nc
cp "$TRASH/hello.py" "$TRASH/nc.py" .
cat >"$TRASH/run" <<'EOT'
"$STUB/modeld" --any --port 80 --log "$TRASH/log" "$TRASH/script" >"$TRASH/port" 2>&1 </dev/null &
server=$!
python3 "$TRASH/server.py" >/dev/null 2>&1 </dev/null & tls=$!
n=0; while [ ! -s "$TRASH/port" ] && [ $((n += 1)) -lt 100 ]; do sleep 0.1; done
set -f
while IFS='|' read -r says allow command; do
	command=$(printf %s "$command" | sed "s,\"\$TRASH/hello.py\",hello.py,; s,\"\$NC\",./nc,")
	agent-tool sandbox --allow-host "$allow" -- sh -c "$command" >out 2>&1 </dev/null
	if grep -q "$says" out; then
		printf 'good %s\n' "$allow: $command"
	else
		printf 'bad %s\n' "$allow: $command: $(tr '\n' ' ' <out)"
	fi
done <"$TRASH/cases"
AGENT_ALLOW_HOST=public.test agent-tool call shell '{"command":"curl -sS http://public.test/ok http://other.test/ok"}' >"$TRASH/shell" 2>&1
mkdir -p "$HOME/.local/share/agent/tools" && for t in with without; do
	printf '#!/bin/sh\ncat >/dev/null; curl -sS -m 2 http://public.test/ok 2>&1\n' >"$HOME/.local/share/agent/tools/$t"
	printf '{"name":"%s","description":"Looks there.","inputSchema":{"type":"object"},"_meta":{"agent":{"network":%s}}}' \
	    $t "$([ $t = with ] && echo true || echo false)" >"$HOME/.local/share/agent/tools/$t.tool.json"
	chmod 755 "$HOME/.local/share/agent/tools/$t"
	agent-tool --allow-host public.test call $t '{}' >"$TRASH/own-$t" 2>&1
done
echo 'allow host public.test' >rules
agent-tool --policy=rules call shell '{"command":"curl -sS http://public.test/ok http://other.test/ok"}' >"$TRASH/policy" 2>&1
agent-tool call shell '{"command":"curl -sS -m 2 http://public.test/ok"}' >"$TRASH/none" 2>&1
git init -q repo && cd repo && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git update-server-info && cd ..
python3 -m http.server -b 93.184.216.34 8080 -d repo/.git >/dev/null 2>&1 & git=$!
sleep 0.5
agent-tool sandbox --allow-host public.test:8080 -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do git clone -q http://public.test:8080/ copy && break; sleep 0.3; done; git -C copy log --format=%s' >"$TRASH/git" 2>&1
kill $server $tls $git
EOT
export STUB TRASH
command -v python3 >/dev/null || sed -i /python3/d "$TRASH/cases"
box sh "$TRASH/run" >"$TRASH/got" 2>"$ERR"
while read -r verdict what; do
	[ "$verdict" = good ]; _if $? "$what" "$what"
done <"$TRASH/got"
is "$(wc -l <"$TRASH/got")" "$(wc -l <"$TRASH/cases")" 'all were tried'
like "$(cat "$TRASH/shell")" 'public.*agent-netgate: other.test:80: this host is not allowed' 'the shell tool, too'
is "$(cat "$TRASH/own-with")" public 'a tool of one'"'"'s own that asks for it'
unlike "$(cat "$TRASH/own-without")" '^public' 'and one that does not'
like "$(cat "$TRASH/policy")" 'public.*agent-netgate: other.test:80: this host is not allowed' 'hosts that the policy allows'
like "$(cat "$TRASH/none")" 'exit [67]' 'without a host there is no network'
is "$(tail -n 1 "$TRASH/git")" x 'git clones through it'
is "$(jq -r 'select(.method == "POST") | .headers.connection' "$TRASH/log" | sort -u)" close 'one request, one connection'

# Where there is no network namespace nothing runs, and it says so.
status_is 125 "$BUILD/libexec/agent/agent-jail" --walls=-net --require net -g 9 -w . -- true 9</dev/null
like "$(cat "$ERR")" 'allowed hosts need a network namespace' 'and why'
mkdir "$TRASH/libexec" && ln -s "$BUILD/libexec/agent/"* "$TRASH/libexec" && rm "$TRASH/libexec/agent-jail"
printf '#!/bin/sh\nexec "%s" --walls=-net "$@"\n' "$BUILD/libexec/agent/agent-jail" >"$TRASH/libexec/agent-jail"
chmod +x "$TRASH/libexec/agent-jail"
export AGENT_LIBEXEC="$TRASH/libexec"
status_is 125 agent-tool sandbox --allow-host public.test -- true
like "$(cat "$ERR")" 'allowed hosts need a network namespace' 'and agent-tool says so'
status_is 0 agent-tool sandbox -- true
AGENT_ALLOW_HOST=public.test good shell '{"command":"echo here; curl -sS -m 2 http://public.test/ 2>&1 | cut -c 1-5"}' '^here' 'a command of the shell tool runs without a network'
like "$(agent-tool --allow-host c.test doctor)" 'c.test; commands cannot reach them' 'doctor tells'
unset AGENT_LIBEXEC
no_orphans agent-tool sandbox --allow-host public.test -- sh -c 'sleep 100 & true'
no_orphans agent-tool sandbox -t 1 --allow-host public.test -- sleep 100

like "$(AGENT_ALLOW_HOST=a.test,b.test:81 agent-tool doctor)" '^allowed hosts +a.test,b.test:81$' 'doctor tells'
like "$(agent-tool doctor)" '^allowed hosts +none$' 'or that there are none'
is "$(agent-tool --allow-host c.test doctor --json | jq -c '[.allow_host, .network]')" '["c.test",true]' 'as JSON'

# By itself, and the command line.
netgate=$BUILD/libexec/agent/agent-netgate
for o in '' '--allow-host=http://x' '--allow-host=x -l 0.0.0.0:1' '--allow-host=x -l x' '--allow-host=x y'; do
	# shellcheck disable=SC2086
	status_is 2 "$netgate" $o
done
status_is 2 agent-tool sandbox --allow-host 'a/b' -- true
AGENT_ALLOW_HOST=a/b status_is 78 agent-tool list
modeld_start 'when path=/ok body public'
"$netgate" --allow-host "$(printf %s "${URL%/v1}" | sed 's,http://,,')" -l 127.0.0.1:0 >port2 2>"$ERR" & pid=$!
n=0; while [ ! -s port2 ] && [ $((n += 1)) -lt 100 ]; do sleep 0.1; done
is "$(curl -sS -x "http://$(cat port2)" "${URL%/v1}/ok")" public 'by hand'
kill $pid; { wait $pid; s=$?; } 2>/dev/null; is $s 143 'it ends by a signal'
no_children_left
done_testing
