"""Where the command keeps what it builds: a folder of the user's, shared by all projects and all versions.

What lies in it is named after what it is made of, so that one version never replaces what another one uses.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

KEPT_DAYS = 30
"""What nobody used for so long is removed when something new is built."""


def cache_folder() -> Path:
    """`$UITWIJK_CACHE`, else `uitwijk` in `$XDG_CACHE_HOME`, else `~/.cache/uitwijk`. It need not be there."""
    if named := os.environ.get("UITWIJK_CACHE"):
        return Path(named).absolute()
    caches = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # A relative one is to be ignored: XDG Base Directory Specification.
    return (caches if caches.is_absolute() else Path.home() / ".cache") / "uitwijk"


def used(entry: Path) -> Path:
    """Notes that the entry is used now, and returns it."""
    with contextlib.suppress(OSError):
        os.utime(entry)
    return entry


def remove_unused(folder: Path) -> None:
    """Removes the entries of `folder` that nobody used for `KEPT_DAYS`."""
    oldest = time.time() - KEPT_DAYS * 24 * 3600
    for entry in folder.glob("*"):
        if entry.stat().st_mtime < oldest:
            shutil.rmtree(entry, ignore_errors=True)
