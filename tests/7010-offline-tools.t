#!/bin/sh
# The offline model, which needs nothing, works with every tool that there is:
# a newcomer can try all of it.
. "$(dirname "$0")/lib.sh"
mkdir work && cd work && echo 'oolong,3' >teas.csv || exit 99
said() { like "$(agent-chat --offline -q "$1" 2>&1 </dev/null)" "$2" "$1"; }
said 'List the files.' 'teas.csv'
said 'Read teas.csv' 'oolong,3'
said 'Search for "oolong"' 'teas.csv:1'
# shellcheck disable=SC2016
said 'Run `wc -l teas.csv`' '1 teas.csv'
said 'Write "sencha,2" to more.csv' 'more.csv: 8 bytes'
said 'Remember that the kettle is blue' 'stored'
said 'Recall kettle' 'the kettle is blue'
said 'Plan: buy more tea' 'added'
said 'Show the plan' 'buy more tea'
no_children_left
done_testing
