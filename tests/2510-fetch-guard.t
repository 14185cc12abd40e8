#!/bin/sh
# The guard of fetch: whatever a name resolves to, now or the second time, and
# however it is spelt, only public addresses are connected to.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
PATH=$BUILD/libexec/agent:$PATH
PUBLIC=93.184.216.34
box() {
	"$STUB/netbox" -a $PUBLIC -a 10.1.2.3 -a 169.254.169.254 -a 100.64.0.9 \
	    -n public.test=$PUBLIC -n loop.test=127.0.0.1 -n any.test=0.0.0.0 \
	    -n priv.test=10.1.2.3 -n meta.test=169.254.169.254 \
	    -n shared.test=100.64.0.9 -n six.test=::1 -n sub.localhost=127.0.0.1 \
	    -n mapped.test=::ffff:127.0.0.1 -n nat64.test=64:ff9b::7f00:1 \
	    -n both.test=127.0.0.1,$PUBLIC -n bücher.test=$PUBLIC \
	    -n xn--bcher-kva.test=$PUBLIC -n rebind.test=$PUBLIC/127.0.0.1 "$@"
}
box true 2>"$ERR" || skip_all "no network of its own: $(cat "$ERR")"

cat >"$TRASH/script" <<'EOT'
when path=/ok body public
when path=/again status 302 header "Location: /ok"
when path=/loop status 302 header "Location: http://loop.test/secret"
when path=/meta status 307 header "Location: http://meta.test/secret"
when path=/dec status 302 header "Location: http://2130706433/secret"
when path=/abs status 302 header "Location: //0x7f.1/secret"
when path=/port status 302 header "Location: http://public.test:22/secret"
when path=/user status 302 header "Location: http://u:p@public.test/secret"
when path=/data status 302 header "Location: data:text/plain,secret"
when path=/gopher status 302 header "Location: gopher://public.test/secret"
when path=/secret body secret
EOT
# Each line: STATUS, what the answer or the complaint says, the URL, options.
cat >"$TRASH/cases" <<'EOT'
0 public http://public.test/ok
0 public http://93.184.216.34/ok
0 public http://public.test/again
0 public http://BÜCHER.test/ok
0 public http://both.test/ok
77 loopback http://loop.test/secret
77 loopback http://127.0.0.1/secret
77 loopback http://127.1/secret
77 loopback http://2130706433/secret
77 loopback http://0x7f000001/secret
77 loopback http://0177.0.0.1/secret
77 loopback http://%31%32%37.1/secret
77 this.machine http://%30/secret
77 loopback http://[::1]/secret
77 loopback http://[::ffff:127.0.0.1]/secret
77 loopback http://[0:0:0:0:0:ffff:7f00:1]/secret
77 loopback http://[64:ff9b::7f00:1]/secret
77 loopback http://[2002:7f00:1::]/secret
77 loopback http://localhost/secret
77 loopback http://sub.localhost/secret
77 loopback http://①②⑦.⓪.⓪.①/secret
77 this.machine http://0/secret
77 this.machine http://0.0.0.0/secret
77 this.machine http://[::]/secret
77 this.machine http://any.test/secret
77 private http://priv.test/secret
77 private http://10.1.2.3/secret
77 provider http://shared.test/secret
77 metadata http://meta.test/secret
77 metadata http://169.254.169.254/secret
77 metadata http://[::ffff:a9fe:a9fe]/secret
77 loopback http://six.test/secret
77 loopback http://mapped.test/secret
77 loopback http://nat64.test/secret
77 link-local http://[fe80::1]/secret
77 link-local http://[fe80::1%25lo]/secret
77 private http://[fc00::1]/secret
77 multicast http://224.0.0.1/secret
77 reserved http://192.0.2.1/secret
77 tunnel http://[2001:0:1::1]/secret
77 loopback http://public.test/loop
77 metadata http://public.test/meta
77 loopback http://public.test/dec
77 loopback http://public.test/abs
77 port.22 http://public.test/port
77 password http://public.test/user
77 not.a.URL http://public.test/data
77 only.http http://public.test/gopher
77 port.8080 http://public.test:8080/ok
77 loopback http://rebind.test/again
77 loopback http://loop.test/secret --allow-host loop.test
77 metadata http://meta.test/secret --allow-host meta.test,*.test
77 private http://priv.test/secret --allow-host *.test
77 loopback http://127.0.0.1/secret --allow-host localhost
77 loopback http://loop.test/secret --allow-host 127.0.0.1
77 loopback http://localhost/secret --allow-host localhost:81
0 secret http://localhost/secret --allow-host localhost
0 secret http://127.0.0.1/secret --allow-host 127.0.0.1:80
0 secret http://2130706433/secret --allow-host 127.0.0.1
0 secret http://priv.test/secret --allow-host priv.test
0 secret http://shared.test/secret --allow-host shared.test:80
EOT
cat >"$TRASH/run" <<'EOT'
"$STUB/modeld" --any --port 80 --log "$TRASH/log" --dir "$TRASH" "$TRASH/script" \
    >"$TRASH/port" 2>&1 </dev/null &
n=0; while [ ! -s "$TRASH/port" ] && [ $((n += 1)) -lt 100 ]; do sleep 0.1; done
set -f
while read -r want says url opts; do
	# shellcheck disable=SC2086
	timeout 60 agent-fetch $opts "$url" >out 2>err </dev/null
	got=$?
	if [ $got = "$want" ] && cat out err | grep -q "$says"; then
		echo "good $url $opts"
	else
		echo "bad $url $opts: $got $(cat out err)"
	fi
done <"$TRASH/cases"
kill $!
EOT
export STUB TRASH
box sh "$TRASH/run" >"$TRASH/got" 2>"$ERR"
while read -r verdict what; do
	[ "$verdict" = good ]; _if $? "$what" "$what"
done <"$TRASH/got"
is "$(wc -l <"$TRASH/got")" "$(wc -l <"$TRASH/cases")" 'all were tried'

# What the server saw: nobody came by a way that was refused.
jq -r 'select(.path == "/secret") | .headers.host' "$TRASH/log" | sort >"$TRASH/hosts"
is "$(tr '\n' ' ' <"$TRASH/hosts")" '127.0.0.1 127.0.0.1 localhost priv.test shared.test ' \
    'the server was reached in allowed ways only'

# The walls: what the program could do if a library of it were turned.
command -v strace >/dev/null && strace -f -o "$TRASH/t" true 2>/dev/null || {
	skip 'no strace' 'walls before the first connection'; done_testing; }
strace -f -o "$TRASH/t" agent-fetch http://nowhere.test/ >"$OUT" 2>&1
order=$(grep -oE '(landlock_restrict_self|seccomp|socket|connect)\(' "$TRASH/t" | uniq | head -n 3 | tr '\n' ' ')
like "$order" '^landlock_restrict_self\( seccomp\( socket' 'walls before the first socket'
is "$(grep -c 'execve(' "$TRASH/t")" 1 'no program is run'
strace -f -o "$TRASH/t" -e inject=landlock_create_ruleset:error=ENOSYS -e inject=seccomp:error=EINVAL \
    agent-fetch http://nowhere.test/ >"$OUT" 2>"$ERR"
like "$? $(cat "$ERR")" '77 .*neither Landlock' 'without walls it refuses'
done_testing
