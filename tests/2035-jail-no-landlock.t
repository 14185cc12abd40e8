#!/bin/sh
# No way out for a user where namespaces stand, but no Landlock; root, whom
# namespaces alone do not hold, gets no jail there.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

uid=$(users | tail -n 1)
[ "$uid" != 0 ] || skip_all 'no ordinary user'
has_mode "$uid" namespaces --walls=-landlock || skip_all 'no namespaces'
all_refused "$uid" n no-landlock --walls=-landlock
[ "$ME" != 0 ] || status_is 125 "$JAIL" --walls=-landlock -- true
done_testing
