"""The interpreter of the tool pyexe: runs code for a conversation.

Started by agent-pyexe(1) inside agent-jail(1).  Standard input brings frames
(a letter, four bytes of length, that many bytes): x is code to run, i asks to
interrupt what runs.  Standard output takes one frame for each x: d and how it
ended.  What the code prints goes, with standard error, through descriptor 2.

The kernel turns the arrival of an i into SIGINT (F_SETSIG), so that system
calls and long computations in C are interrupted as well, without a thread.
Everything here can be reached and broken by the code that runs: it harms
nobody but itself, for the reader of the frames trusts none of them.
"""

import ast
import builtins
import fcntl
import io
import linecache
import os
import signal
import struct
import sys
import traceback
import types

HEAD = struct.Struct(">cI")
PID = os.getpid()
KEEP_CELLS = 1000  # whose source tracebacks can show


def aside(fd):
    """A copy of fd out of the way of the code that runs."""
    for low in (1000, 200, 10):
        try:
            return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, low)
        except OSError:
            pass
    raise OSError("no descriptor left")


def read_exactly(fd, n):
    """n bytes, or None at the end."""
    parts = []
    while n > 0:
        piece = os.read(fd, min(n, 1 << 20))
        if not piece:
            return None
        parts.append(piece)
        n -= len(piece)
    return b"".join(parts)


def read_frame(fd):
    """A pair of kind and bytes, or None at the end."""
    head = read_exactly(fd, HEAD.size)
    if head is None:
        return None
    kind, size = HEAD.unpack(head)
    body = read_exactly(fd, size)
    return None if body is None else (kind, body)


def write_frame(fd, kind, text):
    data = text.encode("utf-8", "backslashreplace")
    data = HEAD.pack(kind, len(data)) + data
    while data:
        data = data[os.write(fd, data):]


def writer(fd):
    raw = io.FileIO(fd, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8",
                            errors="backslashreplace", line_buffering=True)


def reader(fd):
    raw = io.FileIO(fd, "r", closefd=False)
    return io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8",
                            errors="surrogateescape")


def streams():
    """The three streams as they were, whatever the code made of them."""
    usable = sys.__stdout__ is not None and not sys.__stdout__.closed and \
        sys.__stderr__ is not None and not sys.__stderr__.closed
    if not usable:
        sys.__stdout__ = writer(1)
        sys.__stderr__ = writer(2)
    sys.stdout = sys.__stdout__
    sys.stderr = sys.__stderr__
    sys.stdin = sys.__stdin__


def remember(name, source, number):
    """Let tracebacks and inspect find the source."""
    lines = source.splitlines(True)
    linecache.cache[name] = (len(source), None, lines, name)
    linecache.cache.pop("<pyexe %d>" % (number - KEEP_CELLS), None)


def execute(source, name, space):
    """Run it; the value of a last expression is shown as a REPL does."""
    tree = compile(source, name, "exec", ast.PyCF_ONLY_AST, True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Interactive([tree.body.pop()])
    exec(compile(tree, name, "exec", 0, True), space)
    if last is not None:
        exec(compile(last, name, "single", 0, True), space)


def own_frames(tb):
    """The traceback from the first frame that is not of this file."""
    while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
        tb = tb.tb_next
    return tb


def show(error):
    """The traceback of an exception, without frames of this file."""
    try:
        traceback.print_exception(type(error), error,
                                  own_frames(error.__traceback__),
                                  file=sys.stderr)
    except BaseException:  # the exception's own methods may fail
        try:
            print("%s (its traceback cannot be shown)" %
                  type(error).__name__, file=sys.stderr)
        except BaseException:
            pass


def exit_status(error):
    """The status that a SystemExit stands for."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xff
    print(code, file=sys.stderr)
    return 1


def run_cell(source, name, space):
    """Run one piece of code; returns the words that say how it ended."""
    try:
        execute(source, name, space)
    except KeyboardInterrupt as error:
        show(error)
        return "interrupted"
    except SystemExit as error:
        return "exit %d" % exit_status(error)
    except BaseException as error:
        show(error)
        return "error " + type(error).__name__
    return "ok"


def flush():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:  # closed or replaced by the code
            pass


def arm(fd, on):
    """Whether an arrival on fd is a SIGINT for us."""
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    flags = flags | os.O_ASYNC if on else flags & ~os.O_ASYNC
    fcntl.fcntl(fd, fcntl.F_SETFL, flags)


def quiet(requests):
    """Nothing runs: an interrupt means nothing."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    arm(requests, False)


def answer(requests, replies, source, number, space):
    name = "<pyexe %d>" % number
    remember(name, source, number)
    streams()
    ending = "interrupted"
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        arm(requests, True)
        ending = run_cell(source, name, space)
        quiet(requests)
    except KeyboardInterrupt:  # it came when the code had just ended
        quiet(requests)
    flush()
    if os.getpid() != PID:  # a fork that the code did not end
        os._exit(0)
    write_frame(replies, b"d", ending)


def prepare():
    """Streams, signals and the module that the code runs in."""
    requests, replies = aside(0), aside(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.__stdin__ = reader(0)
    sys.__stdout__ = writer(1)
    sys.__stderr__ = writer(2)
    signal.signal(signal.SIGIO, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    fcntl.fcntl(requests, fcntl.F_SETOWN, PID)
    fcntl.fcntl(requests, fcntl.F_SETSIG, signal.SIGINT)
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = main
    sys.argv = [""]
    sys.path.insert(0, "")
    return requests, replies, main.__dict__


def main():
    requests, replies, space = prepare()
    number = 0
    while True:
        frame = read_frame(requests)
        if frame is None:
            break
        if frame[0] == b"x":
            number += 1
            answer(requests, replies, frame[1].decode("utf-8", "replace"),
                   number, space)


if __name__ == "__main__":
    main()
