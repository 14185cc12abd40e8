"""coproc.py LINES COMMAND...: give each line of the file LINES to the command, a
coprocess (agent-protocol(7)), wait for its done, and print what it took in ms."""
import subprocess
import sys
import time

p = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
p.stdout.readline()
for line in open(sys.argv[1], "rb"):
    t = time.perf_counter()
    p.stdin.write(line)
    p.stdin.flush()
    while True:
        answer = p.stdout.readline()
        if not answer or b'"type":"done"' in answer:
            break
    print("%.3f" % ((time.perf_counter() - t) * 1000))
p.stdin.close()
p.wait()
