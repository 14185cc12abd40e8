#!/bin/sh
# data_view on SQLite and Parquet files: read, never written, not believed.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/tool.sh"
need_jail
command -v sqlite3 >/dev/null || skip_all 'no sqlite3'
export AGENT_ENABLE_DATA_VIEW=1
view() { call data_view "$(jq -nc --arg p "$1" --arg o "$2" "{path:\$p, operation:\$o} + ${3:-{\}}")"; }
says() { is "$(printf '%s\n' "$TEXT" | sed 1d)" "$2" "$1"; }
about() { like "$(printf '%s\n' "$TEXT" | head -n 1)" "$1" "$2"; }

sqlite3 p.db "CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, born DATE, pic BLOB);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
    INSERT INTO people SELECT i, 'n' || i, '2024-01-05', x'00ff' FROM n;
    UPDATE people SET name = NULL WHERE id > 90"
view p.db shape
about 'SQLite, table people; 100 rows, 4 columns' 'the only table'
view p.db tail '{n_rows: 2}'
says 'the last rows' 'id,name,born,pic
99,,2024-01-05,00ff
100,,2024-01-05,00ff'
view p.db columns
says 'types as found and as declared' 'column,type,nulls,example
id,integer as INTEGER,0,1
name,text as TEXT,10,n1
born,date as DATE,0,2024-01-05
pic,bytes as BLOB,0,00ff'
view p.db filter '{where: "id > 95 and name is null", n_rows: 1}'
about '5 of 100 rows fit, the first 1' 'filter'
sqlite3 p.db 'CREATE TABLE "a ""b"(x); INSERT INTO "a ""b" VALUES (7);
    CREATE VIEW old AS SELECT * FROM people WHERE id < 3'
view p.db head
says 'several tables are listed' 'table,type,rows,columns
"a ""b",table,1,x
people,table,100,id name born pic
old,view,2,id name born pic'
view p.db head '{table: "a \"b"}'
says 'a name with quotes' 'x
7'
view p.db head '{table: "old"}'
about 'all 2 rows' 'a view'
bad NOT_FOUND data_view '{"path":"p.db","operation":"head","table":"x"}' 'no table x' 'a missing table'

# With a log beside it, that nobody may write.
sqlite3 w.db 'PRAGMA journal_mode=WAL; CREATE TABLE t(x); INSERT INTO t VALUES (1)' >"$OUT"
sums=$(cksum *.db)
view w.db head
says 'a write-ahead log' 'x
1'
view p.db describe '{table: "people"}'
is "$(cksum *.db)" "$sums" 'nothing was written'
is "$(ls | tr '\n' ' ')" 'p.db w.db ' 'and nothing left beside it'

# Made to harm.
sqlite3 evil.db "CREATE TABLE t(x); INSERT INTO t VALUES (1);
    CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n;
    CREATE VIEW big AS SELECT zeroblob(30000000) AS z, zeroblob(30000000) AS y;
    CREATE VIEW lib AS SELECT load_extension('/tmp/x.so');
    CREATE VIEW pragma AS SELECT * FROM pragma_database_list"
view evil.db head '{table: "lib"}'
like "$STATUS" '^[1-9]' 'a view that loads code'
unlike "$TEXT" 'x.so' 'does not come that far'
view evil.db head '{table: "endless", n_rows: 2}'
is "$STATUS" 0 'a view without end is read as far as asked'
view evil.db head '{table: "big"}'
like "$STATUS" '^[01]$' 'a view of much memory ends in order'
cp p.db torn.db && printf 'garbage garbage garbage' | dd of=torn.db bs=1 seek=4096 conv=notrunc 2>"$ERR"
view torn.db describe '{table: "people"}'
like "$STATUS$TEXT" '^[01]' 'a damaged file ends in order'
head -c 100 p.db >short.db
view short.db head
like "$STATUS" '^1' 'and so does a short one'

# Parquet: by what there is for Python, here one made up.
printf 'PAR1....PAR1' >x.parquet
V=$BUILD/libexec/agent/agent-view
if [ -x /usr/bin/python3 ]; then
	mkdir -p "$TRASH/py/duckdb" "$TRASH/none"
	for m in pyarrow duckdb pandas; do echo 'raise ImportError' >"$TRASH/none/$m.py"; done
	status_is 69 env PYTHONPATH="$TRASH/none" "$V" head x.parquet
	like "$(cat "$ERR")" 'Parquet needs pyarrow, duckdb or pandas' 'none: a clear answer'
	cp "$TRASH/none/pyarrow.py" "$TRASH/none/pandas.py" "$TRASH/py"
	cat >"$TRASH/py/duckdb/__init__.py" <<'EOT'
import datetime
class Result:
    description = (("id", "BIGINT"), ("day", "DATE"), ("x", "DOUBLE"))
    def __init__(self, skip): self.at = skip
    def fetchone(self): return (3000,)
    def fetchmany(self, n):
        rows = [(i, datetime.date(2024, 1, 5), float("nan")) for i in range(self.at, min(3000, self.at + n))]
        self.at += n
        return rows
class Db:
    def execute(self, sql, args):
        assert args == ["x.parquet"]
        return Result(int(sql.rsplit(" ", 1)[1]) if "OFFSET" in sql else 0)
def connect(): return Db()
EOT
	export PYTHONPATH="$TRASH/py"
	ok 'shape' "$V" shape x.parquet
	like "$(cat "$OUT")" 'Parquet; 3000 rows, 3 columns' 'how many'
	ok 'head' "$V" -n 1 head x.parquet
	is "$(sed 1d "$OUT")" 'id,day,x
0,2024-01-05,' 'the first'
	ok 'tail' "$V" -n 1 tail x.parquet
	is "$(sed 1,2d "$OUT")" '2999,2024-01-05,' 'the last'
	ok 'filter' "$V" --where 'id in (7, 2000)' filter x.parquet
	like "$(cat "$OUT")" '2 of 3000 rows fit' 'all of them'
	echo 'raise ValueError("broken")' >"$TRASH/py/duckdb/__init__.py"
	status_is 65 "$V" head x.parquet
	like "$(cat "$ERR")" 'ValueError|ended' 'a reader that fails is told'
	no_children_left 'and none is left'
	unset PYTHONPATH
else
	skip 'no python3'
fi
done_testing
