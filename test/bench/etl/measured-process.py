"""Runs a program and prints what it took, as JSON. Started by measured-process.ts.

CPU time is what the kernel says of all processes that have ended below this one. Memory is the greatest sum that was seen of all of
them, twenty times a second, or what the kernel says of the largest, if that is more.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid):
    """The bytes that a process and its children have in memory; nothing of those that have just ended."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            total = int(file.read().split()[1]) * PAGE
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as file:
                total += sum(resident(child) for child in file.read().split())
        return total
    except OSError:
        return 0


with tempfile.TemporaryFile() as output:
    begun = time.monotonic()
    process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    peak = 0
    while True:
        try:
            process.wait(0.05)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, resident(process.pid))
    seconds = time.monotonic() - begun
    output.seek(max(0, output.tell() - 4_000))
    words = output.read().decode(errors="replace")

used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "exitCode": process.returncode,
            "words": words,
            "seconds": seconds,
            "userSeconds": used.ru_utime,
            "systemSeconds": used.ru_stime,
            "peakRss": max(peak, used.ru_maxrss * 1024),
        }
    )
)
