"""The parts of the records application, compressed and without comments: there are hundreds of machines to be told.

They are compressed once, and kept with the sources. Were they compressed with each run, another version of the library
could give other bytes, and every machine that runs would be changed for nothing.

python -m components.pack
"""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from pathlib import Path

SOURCES = Path(__file__).parent / "files" / "records"
PACKED = SOURCES / "packed.json"


def packed(module: str) -> str:
    """A module, as cloud-init's `gz+b64`."""
    return _all()[module]


def unpacked(text: str) -> str:
    """What a machine reads."""
    return gzip.decompress(base64.b64decode(text)).decode()


@cache
def _all() -> dict[str, str]:
    content: dict[str, str] = json.loads(PACKED.read_text(encoding="utf-8"))
    return content
