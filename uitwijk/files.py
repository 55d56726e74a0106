"""Files that are whole or not there at all, that only grow, or that nobody else reads."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, text: str | bytes, verify: Callable[[Path], None] | None = None) -> None:
    """Write `text` to `path`, so that a reader, or a crash, finds the old content or the new one.

    Args:
        verify: looks at a draft beside `path`; when it raises, `path` stays as it is. What is verified also outlives
            a loss of power.

    Raises:
        OSError: the folder cannot be written.
    """
    content = text.encode() if isinstance(text, str) else text
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if verify:
                file.flush()
                os.fsync(file.fileno())
        if verify:
            verify(Path(draft))
        Path(draft).chmod(path.stat().st_mode if path.exists() else 0o644)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def append_line(path: Path, facts: object) -> None:
    """Adds facts as one line of JSON to a file that only grows; it outlives a loss of power.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(facts, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def write_private(path: Path, text: str) -> None:
    """Writes a file that nobody else can read at any moment.

    Raises:
        OSError: the file cannot be written.
    """
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


@contextmanager
def alone(folder: Path, waiting: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Keeps others that change something in the same folder waiting, until the block or this process ends.

    Args:
        folder: must be there.
        waiting: called once if others are at it, before it waits for them.

    Raises:
        OSError: the folder is not there.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)
