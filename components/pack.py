"""Compresses the parts of the records application anew, as far as they have changed: see `components/jobs/packed.py`.

python -m components.pack
"""

from __future__ import annotations

import base64
import gzip
import json

from components.jobs.packed import PACKED, SOURCES, unpacked


def main() -> None:
    """Writes what is to be kept with the sources."""
    before = json.loads(PACKED.read_text(encoding="utf-8"))
    after = {}
    for file in sorted(SOURCES.glob("*.py")):
        source, kept = file.read_text(encoding="utf-8"), before.get(file.stem)
        fresh = base64.b64encode(gzip.compress(source.encode(), mtime=0)).decode()
        after[file.stem] = kept if kept and unpacked(kept) == source else fresh
    PACKED.write_text(json.dumps(after, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
