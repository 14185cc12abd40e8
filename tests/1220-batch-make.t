#!/bin/sh
# agent-gate batch below make -j: never more at once than there are tokens,
# and every token comes back.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib.sh"
command -v make >/dev/null || skip_all 'no make here'
unset MAKEFLAGS MFLAGS MAKELEVEL
awk 'BEGIN { for (i = 1; i <= 12; i++) printf "{\"custom_id\":\"r%d\",\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]}\n", i }' >in
# The most requests that were on their way at the same time.
most() {
	jq -s '[.[] | select(.turn) | [.t_first, 1], [.t_reply, -1]] | sort |
	    reduce .[] as [$t, $d] ({n: 0, m: 0}; .n += $d |
	    .m = ([.m, .n] | max)) | .m' "$MODELD_LOG"
}
# under JOBS COMMAND: as a recipe of make -j JOBS; then all of the tokens
# must be there: as many sleepers as jobs run at once.
cat >Makefile <<'EOT'
first: batch
	+@sh tokens.sh >tokens
batch:
	+-@$(CMD)
closed:
	@$(CMD)
EOT
# How many tokens there are, beside the one that the recipe itself is.
cat >tokens.sh <<'EOT'
auth=$(printf '%s\n' "$MAKEFLAGS" | tr ' ' '\n' |
    sed -n 's/^--jobserver-auth=//p' | tail -n 1)
case $auth in
'') echo none; exit 0 ;;
fifo:*) exec 3<>"${auth#fifo:}" 4>&3 ;;
*) eval "exec 3<&${auth%,*} 4>&${auth#*,}" ;;
esac
timeout 1 dd bs=1 count=100 <&3 2>/dev/null >got
wc -c <got | tr -d ' '
cat got >&4
EOT
cmd='agent-gate batch -j 8 --url $(URL) -o out in 2>err'
modeld_start 'default text "ok" delay 60ms'
for j in 1 2 4; do
	rm -f out
	modeld_start 'default text "ok" delay 60ms'
	ok "make -j $j" make -s -j $j "CMD=$cmd" "URL=$URL"
	is "$(wc -l <out)" 12 "-j $j: complete"
	# Alone, it has no job server to ask, and no limit but its own.
	[ $j != 1 ] || continue
	is "$(most)" $j "-j $j: as many at once, and no more"
	is "$(cat tokens)" $((j - 1)) "-j $j: all tokens are back"
done
for sig in TERM INT; do
	rm -f out
	make -s -j 4 "CMD=env $LEAKLESS timeout -s $sig 0.1 agent-gate batch --grace 0ms -j 8 \
	    --url $URL -o out in 2>err" >"$OUT" 2>&1
	is "$(cat tokens)" 3 "$sig: all tokens are back"
done
modeld_start 'default status 401'
make -s -j 4 "CMD=$cmd" "URL=$URL" >"$OUT" 2>&1
is "$(cat tokens)" 3 'after an error: all tokens are back'

# ---- a recipe that make does not give its job server
modeld_start 'default text "ok" delay 20ms'
rm -f out
ok 'without +' make -s -j 4 closed "CMD=$cmd" "URL=$URL"
n=$(most)
case $(make --version | head -n 1) in
*' 4.4'* | *' 5.'*) skip 'a named pipe is open to all' ;;
*) is "$n" 1 'one at a time'
   like "$(cat err)" 'make does not share' 'and says so' ;;
esac

# ---- the named pipe of make 4.4
mkfifo pipe
exec 5<>pipe
printf 'ab' >&5
rm -f out
modeld_start 'default text "ok" delay 60ms'
MAKEFLAGS="j9 --jobserver-auth=9,10 --jobserver-auth=fifo:$PWD/pipe" \
    ok 'fifo' agent-gate batch -j 8 --url "$URL" -o out in
is "$(most)" 3 'two tokens and our own'
is "$(timeout 1 dd bs=1 count=9 <&5 2>dd | tr -d '\n' | fold -w 1 | sort |
    tr -d '\n')" ab 'the same bytes come back'
rm -f out
MAKEFLAGS=' -j4 --jobserver-auth=-2,-2' ok 'negative: none' \
    agent-gate batch -j 8 --url "$URL" -o out in
no_children_left
done_testing
