#!/bin/sh
# data_view on real Parquet files, through the package hyparquet of node.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
. "$ROOT/tests/npm.sh"
export AGENT_TEST_NPM="${AGENT_TEST_NPM:-$ROOT/build/npm}-parquet"
npm_need hyparquet@1.33.0 hyparquet-compressors@1.1.2 hyparquet-writer@0.17.0
V=$BUILD/libexec/agent/agent-view
# Whatever Python has, it is the other reader that is tried here.
mkdir "$TRASH/none"
for m in pyarrow duckdb pandas; do echo 'raise ImportError' >"$TRASH/none/$m.py"; done
export PYTHONPATH="$TRASH/none"
cat >"$TRASH/make.mjs" <<'EOT'
import { writeFileSync } from 'node:fs'
import { parquetWriteBuffer } from 'hyparquet-writer'
const n = 3000, of = f => Array.from({ length: n }, (_, i) => f(i))
writeFileSync(process.argv[2], Buffer.from(parquetWriteBuffer({ codec: process.argv[3], rowGroupSize: 1000, columnData: [
	{ name: 'id', data: of(i => BigInt(i)), type: 'INT64' },
	{ name: 'city', data: of(i => i % 3 ? 'Ulm' : 'Köln, "x"'), type: 'STRING' },
	{ name: 'x', data: of(i => i % 5 ? i / 2 : null), type: 'DOUBLE', nullable: true },
	{ name: 'day', data: of(i => new Date(Date.UTC(2024, 0, 1 + i % 28))), type: 'TIMESTAMP' },
	{ name: 'ok', data: of(i => i % 2 == 0), type: 'BOOLEAN' },
	{ name: '__proto__', data: of(i => 'p' + i), type: 'STRING' },
] })))
EOT
node "$TRASH/make.mjs" a.parquet
node "$TRASH/make.mjs" u.parquet UNCOMPRESSED
ln -s "$TRASH/node_modules" node_modules

status_is 69 "$V" head a.parquet
like "$(cat "$ERR")" 'needs pyarrow, duckdb or pandas for python3, or hyparquet for node' \
    'what lies in the project is no reader: a clear answer'
export NODE_PATH="$TRASH/node_modules"
for f in a u; do
	ok "$f: shape" "$V" shape $f.parquet
	like "$(cat "$OUT")" 'Parquet; 3000 rows, 6 columns' 'how many'
	ok 'head' "$V" -n 2 head $f.parquet
	is "$(sed 1d "$OUT")" 'id,city,x,day,ok,__proto__
0,"Köln, ""x""",,2024-01-01,true,p0
1,Ulm,0.5,2024-01-02,false,p1' 'the first, of every type'
	ok 'tail' "$V" -n 1 tail $f.parquet
	is "$(sed 1,2d "$OUT")" '2999,Ulm,1499.5,2024-01-04,false,p2999' 'the last'
	ok 'filter' "$V" --where 'x is null and id < 12' filter $f.parquet
	like "$(cat "$OUT")" '3 of 3000 rows fit' 'all row groups'
done
ok 'describe' "$V" describe a.parquet
like "$(cat "$OUT")" '^id,integer as int64,3000,0,.*,0,.*,2999,1499.5,' 'sums over all'
like "$(cat "$OUT")" '^x,number as double,2400,600,' 'and the nulls'
head -c 5000 a.parquet >cut.parquet
status_is 65 "$V" head cut.parquet
like "$(cat "$ERR")" 'the reader of Parquet ended.*(footer|invalid)' 'a cut file is told'
no_children_left
done_testing
