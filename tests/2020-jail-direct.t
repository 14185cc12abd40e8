#!/bin/sh
# No way out of a jail that root made without a user namespace.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/jail.sh"

[ "$ME" = 0 ] || skip_all 'not root'
has_mode 0 namespaces --walls=-userns || skip_all 'no namespaces for root'
all_refused 0 n direct --walls=-userns
done_testing
