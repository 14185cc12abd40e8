"""Raw bytes to an HTTP server: serve.py PORT CASE [SECONDS].  Prints the
statuses of the answers that come until the server closes or the time is over,
and which of the two it was.  (libmicrohttpd 0.9.75 writes the head of its own
errors twice, the second time as the body.)"""
import re
import socket
import sys
import time

port, case = int(sys.argv[1]), sys.argv[2]
BODY = b'{"messages":[{"role":"user","content":"hi"}]}'
HOST = b"Host: 127.0.0.1:%d\r\n" % port
PATH = b"POST /v1/chat/completions HTTP/1.1\r\n"
HEALTH = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"
LEN = b"Content-Length: %d\r\n" % len(BODY)
SMUGGLED = b"0\r\n\r\nGET /v1/models HTTP/1.1\r\n" + HOST + b"\r\n"


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


def post(headers, body=BODY, host=HOST):
    return PATH + host + headers + b"\r\n" + body


CASES = {
    "plain": post(LEN + b"Connection: close\r\n"),
    "no-host": b"GET /health HTTP/1.1\r\n\r\n",
    "no-host-10": b"GET /health HTTP/1.0\r\n\r\n",
    "two-hosts": b"GET /health HTTP/1.1\r\n" + HOST + b"Host: evil\r\n\r\n",
    "chunked": post(b"Transfer-Encoding: chunked\r\nConnection: close\r\n",
                    b"".join(chunk(BODY[i:i + 1]) for i in range(len(BODY)))
                    + b"0\r\n\r\n"),
    "cl-te": post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                  SMUGGLED),
    "te-cl": post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                  SMUGGLED),
    "cl-cl": post(b"Content-Length: 5\r\n" + LEN),
    "te-te": post(b"Transfer-Encoding: chunked\r\n"
                  b"Transfer-Encoding: identity\r\n", SMUGGLED),
    "te-odd": post(b"Transfer-Encoding: xchunked\r\n", SMUGGLED),
    "te-blank": post(b"Transfer-Encoding : chunked\r\n", SMUGGLED),
    "cl-blank": post(b"Content-Length : 5\r\n", SMUGGLED),
    "cl-plus": post(b"Content-Length: +5\r\n", SMUGGLED),
    "cl-list": post(b"Content-Length: 5, 5\r\n", SMUGGLED),
    "bad-chunk": post(b"Transfer-Encoding: chunked\r\n", b"zz\r\nhello\r\n"),
    "huge-chunk": post(b"Transfer-Encoding: chunked\r\n",
                       b"ffffffffffffffffff\r\nhello\r\n"),
    "too-large": post(b"Content-Length: 99999999999\r\n", b""),
    "long-head": b"GET /health HTTP/1.1\r\n" + HOST + b"X: "
                 + b"a" * 60000 + b"\r\n\r\n",
    "garbage": bytes(range(256)) * 4 + b"\r\n\r\n",
    "control": b"GET /health HTTP/1.1\r\n" + HOST + b"X: a\x01b\r\n\r\n",
    "pipelined": HEALTH * 3 + post(LEN) + HEALTH.replace(
        b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
    "half-head": b"GET /health HTTP/1.1\r\nHos",
    "half-body": post(LEN, BODY[:10]),
    "chunked-big": post(b"Transfer-Encoding: chunked\r\n",
                        chunk(b"x" * 65536) * 40 + b"0\r\n\r\n"),
}


def statuses(data):
    # One status a head: bodies here end in a newline or hold no head.
    data = re.sub(rb"\r\n\r\nHTTP/1\.1 400[^<]*<", b"<", data)
    return re.findall(rb"(?:^|\n)HTTP/1\.[01] (\d\d\d)", data)


if case == "half-open":
    held = []
    for _ in range(1000):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(b"POST /v1/chat/com")
        held.append(s)
    s = socket.create_connection(("127.0.0.1", port), 3)
    s.settimeout(3)
    s.sendall(HEALTH)
    print(" ".join(c.decode() for c in statuses(s.recv(4096))))
    sys.exit()
s = socket.create_connection(("127.0.0.1", port), 3)
start, data = time.time(), b""
s.settimeout(float(sys.argv[3]) if len(sys.argv) > 3 else 3)
try:
    s.sendall(CASES[case])
    while True:
        got = s.recv(65536)
        if not got:
            break
        data += got
    end = "closed"
except socket.timeout:
    end = "open"
except OSError:
    end = "closed"
print(" ".join([c.decode() for c in statuses(data)] + [end]))
