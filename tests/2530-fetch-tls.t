#!/bin/sh
# fetch over TLS and through a proxy: certificates are checked behind the
# walls, nothing leads from https to http, and a proxy is used when one is
# named and never because the environment has one.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
# row 22
PATH=$BUILD/libexec/agent:$PATH
PUBLIC=93.184.216.34
box() {
	"$STUB/netbox" -a $PUBLIC -n public.test=$PUBLIC -n other.test=$PUBLIC "$@"
}
box true 2>"$ERR" || skip_all "no network of its own: $(cat "$ERR")"
command -v openssl >/dev/null && command -v python3 >/dev/null || skip_all 'no openssl or python3'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$TRASH/key" -out "$TRASH/cert" -days 30 \
    -subj /CN=public.test -addext subjectAltName=DNS:public.test >"$OUT" 2>&1 || skip_all 'no certificate'

cat >"$TRASH/server.py" <<'EOT'
import http.server, ssl, sys
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(302 if self.path == "/down" else 200)
        if self.path == "/down":
            self.send_header("Location", "http://public.test/secret")
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        self.wfile.write(b"over TLS\n" if self.server.server_port == 443 else b"plain\n")
    def log_message(self, *a):
        pass
port = int(sys.argv[1])
s = http.server.ThreadingHTTPServer(("93.184.216.34", port), H)
if port == 443:
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(sys.argv[2], sys.argv[3])
    s.socket = c.wrap_socket(s.socket, server_side=True)
print("ready", flush=True)
s.serve_forever()
EOT
# Each line: STATUS|what it says|variables and options|URL
cat >"$TRASH/cases" <<'EOT'
0|over TLS|SSL_CERT_FILE=CERT|https://public.test/
0|over TLS|SSL_CERT_FILE=CERT|public.test/
69|self-signed|A=b|https://public.test/
69|subject name|SSL_CERT_FILE=CERT|https://other.test/
69|SSL_CERT_FILE|SSL_CERT_FILE=/nowhere|https://public.test/
77|from https to http|SSL_CERT_FILE=CERT|https://public.test/down
69|TLS|A=b|https://public.test:80/
0|over TLS|SSL_CERT_FILE=CERT https_proxy=http://127.0.0.1:9|https://public.test/
0|plain|http_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9|http://public.test/
69|127.0.0.1:9|AGENT_FETCH_PROXY=http://127.0.0.1:9|http://public.test/
0|plain|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://public.test/
0|over TLS|SSL_CERT_FILE=CERT AGENT_FETCH_PROXY=http://127.0.0.1:3128|https://public.test/
1|not allowed|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://other.test/
77|loopback|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://127.0.0.1/
77|metadata|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://169.254.169.254/
77|this machine|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://localhost/
77|port 81|AGENT_FETCH_PROXY=http://127.0.0.1:3128|http://public.test:81/
EOT
sed -i "s,=CERT,=$TRASH/cert," "$TRASH/cases"
cat >"$TRASH/run" <<'EOT'
python3 "$TRASH/server.py" 443 "$TRASH/cert" "$TRASH/key" >ready1 2>err1 </dev/null & a=$!
python3 "$TRASH/server.py" 80 >ready2 2>err2 </dev/null & b=$!
agent-netgate -q --allow-host public.test >ready3 2>err3 </dev/null & c=$!
for f in ready1 ready2 ready3; do
	n=0; while [ ! -s $f ] && [ $((n += 1)) -lt 200 ]; do sleep 0.1; done
done
while IFS='|' read -r want says env url; do
	# shellcheck disable=SC2086
	env $env timeout 60 agent-fetch "$url" >out 2>err </dev/null
	got=$?
	if [ $got = "$want" ] && cat out err | grep -qi "$says"; then
		echo "good ${env##*/} $url: $says"
	else
		echo "bad $env $url: $got $(cat out err)"
	fi
done <"$TRASH/cases"
kill $a $b $c
EOT
export STUB TRASH
box sh "$TRASH/run" >"$TRASH/got" 2>"$ERR"
while read -r verdict what; do
	[ "$verdict" = good ]; _if $? "$what" "$what"
done <"$TRASH/got"
is "$(wc -l <"$TRASH/got")" "$(wc -l <"$TRASH/cases")" 'all were tried'
done_testing
