"""Reads a Parquet file for agent-view(1): parquet.py FILE LAST

Writes JSON lines: first {"rows":N,"columns":[{"name":S,"type":S},...]}, then
the rows as objects, all of them or the LAST ones (0: all), until nobody reads
on.  Uses pyarrow, duckdb or pandas, whichever is there; none of them: exit
status 69.
"""

import importlib
import json
import os
import sys

BATCH = 1000


def plain(value):
    """What JSON has no word for becomes text; NaN becomes null."""
    if isinstance(value, float) and (value != value or value in
                                     (float("inf"), float("-inf"))):
        return None
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value[:16]).hex()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        return plain(value.item())
    return str(value)


def write(value):
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False,
                                separators=(",", ":")) + "\n")


def head(rows, columns):
    write({"rows": rows, "columns": [{"name": str(n), "type": str(t)}
                                     for n, t in columns]})


def row(names, values):
    write({str(n): plain(v) for n, v in zip(names, values)})


def by_pyarrow(module, path, last):
    parquet = importlib.import_module(module.__name__ + ".parquet")
    file = parquet.ParquetFile(path)
    schema = file.schema_arrow
    rows = file.metadata.num_rows
    head(rows, [(f.name, f.type) for f in schema])
    at, begin = 0, rows - last if last else 0
    for batch in file.iter_batches(batch_size=BATCH):
        if at + batch.num_rows > begin:
            columns = [c.to_pylist() for c in batch.columns]
            for i, values in enumerate(zip(*columns)):
                if at + i >= begin:
                    row(schema.names, values)
        at += batch.num_rows


def by_duckdb(module, path, last):
    db = module.connect()
    rows = db.execute("SELECT count(*) FROM read_parquet(?)",
                      [path]).fetchone()[0]
    skip = max(0, rows - last) if last else 0
    result = db.execute("SELECT * FROM read_parquet(?) OFFSET " + str(skip),
                        [path])
    names = [d[0] for d in result.description]
    head(rows, [(d[0], d[1]) for d in result.description])
    while True:
        some = result.fetchmany(BATCH)
        if not some:
            break
        for values in some:
            row(names, values)


def by_pandas(module, path, last):
    frame = module.read_parquet(path)
    head(len(frame), zip(frame.columns, frame.dtypes))
    if last:
        frame = frame.tail(last)
    for values in frame.itertuples(index=False, name=None):
        row(frame.columns, [None if v is getattr(module, "NaT", ()) else v
                            for v in values])


READERS = (("pyarrow", by_pyarrow), ("duckdb", by_duckdb),
           ("pandas", by_pandas))


def main():
    path, last = sys.argv[1], int(sys.argv[2])
    for name, read in READERS:
        try:
            module = importlib.import_module(name)
        except ImportError:
            continue
        try:
            read(module, path, last)
            sys.stdout.flush()
        except BrokenPipeError:
            os._exit(0)
        except ImportError:  # pandas without an engine
            continue
        except Exception as error:
            sys.exit("%s: %s" % (type(error).__name__, error))
        return
    sys.stderr.write("Parquet needs pyarrow, duckdb or pandas with an engine "
                     "for python3, and none of them is installed here\n")
    sys.exit(69)


if __name__ == "__main__":
    main()
