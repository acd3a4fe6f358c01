"""Write snapshots, each in a process that has written nothing before: pickles in, texts out."""

from __future__ import annotations

import os
import pickle
import struct
import sys

from frontmap.formats import canonical

while head := sys.stdin.buffer.read(8):
    snapshot = pickle.loads(sys.stdin.buffer.read(struct.unpack("<q", head)[0]))  # noqa: S301  from the test
    read, write = os.pipe()
    if os.fork() == 0:
        with os.fdopen(write, "wb") as pipe:
            pipe.write(canonical.dumps(snapshot))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read()
    os.wait()
    sys.stdout.buffer.write(struct.pack("<q", len(text)) + text)
    sys.stdout.buffer.flush()
