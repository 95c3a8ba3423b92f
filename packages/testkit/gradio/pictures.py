"""Files that the apps give and take: pictures that are the same bytes on every machine, and what is told of a file that arrived."""

import hashlib
import json
import os
import struct
import tempfile
import zlib


def picture_bytes(prompt, seed, width=16, height=16):
    """A PNG of one colour, which is made from the prompt and the seed. Written out by hand, so that no library decides on its bytes."""
    red, green, blue = hashlib.sha256(f"{prompt}:{int(seed)}".encode()).digest()[:3]
    rows = (b"\0" + bytes((red, green, blue)) * width) * height
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows + struct.pack(">I", zlib.adler32(rows))

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stored) + chunk(b"IEND", b"")


def written(name, content):
    """The path of a new file of that name."""
    path = os.path.join(tempfile.mkdtemp(), name)
    with open(path, "wb") as file:
        file.write(content)
    return path


def facts(content):
    return json.dumps({"size": len(content), "sha256": hashlib.sha256(content).hexdigest()})


def described(file):
    if file is None:
        return None
    path = file if isinstance(file, str) else file.name
    with open(path, "rb") as opened:
        content = opened.read()
    return {"name": os.path.basename(path), "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
