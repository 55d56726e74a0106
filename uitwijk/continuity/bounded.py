"""Reads files that people edit or hand over: a file and nothing else, and no more of it than anybody needs.

A pipe would keep a command waiting, a device would fill the memory: both are refused before a byte is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

MIB = 1024 * 1024
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Unreadable(Exception):
    """A file that cannot be read, or a text that is not what it should be.

    Attributes:
        complaints: pairs of a path to a value, which may be empty, and what is wrong with it.
    """

    def __init__(self, *complaints: tuple[str, str]) -> None:
        self.complaints = complaints
        super().__init__("; ".join(f"{path}: {what}" if path else what for path, what in complaints))


@contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """A regular file, which a link may name, to be read.

    Raises:
        Unreadable: it is missing, not a regular file, or may not be read.
    """
    try:
        _regular(os.stat(path).st_mode)
        # It may have become a pipe meanwhile: opening one would wait for somebody who writes.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            _regular(os.fstat(file.fileno()).st_mode)
            yield file
    except FileNotFoundError:
        raise Unreadable(("", "the file does not exist")) from None
    except (OSError, ValueError) as error:
        raise Unreadable(("", f"cannot be read: {getattr(error, 'strerror', None) or error}")) from None


def read_bytes(path: Path, most: int = MIB) -> bytes:
    """The content of a regular file, which a link may name.

    Args:
        path: the file.
        most: bytes that it may have.

    Raises:
        Unreadable: it is missing, too large, not a regular file, or may not be read.
    """
    with open_regular(path) as file:
        content = file.read(most + 1) or b""  # nothing yet, says a file of the kernel that would have to wait
    if len(content) > most:
        raise Unreadable(("", f"is too large; {most // MIB} MiB is the most"))
    return content


def read_text(path: Path, most: int = MIB) -> str:
    """The same as text, its line ends as they are.

    Raises:
        Unreadable: as above, or it is not UTF-8.
    """
    return as_text(read_bytes(path, most))


def as_text(content: bytes) -> str:
    """The text that `content` is in UTF-8.

    Raises:
        Unreadable: it is none.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(("", "is not text in UTF-8")) from None


def _regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Unreadable(("", f"is {_KINDS.get(stat.S_IFMT(mode), 'something else')}; a file is expected there"))


def unfit(text: str) -> str | None:
    """Why `text` cannot stand in a file or on a screen as it is; None: it can.

    Line ends and tabs are fit. A surrogate is half a character, or a byte of an argument that is not UTF-8.
    """
    for letter in text:
        code = ord(letter)
        if 0xD800 <= code <= 0xDFFF:
            return "holds what is no text in UTF-8"
        if (code < 0x20 and letter not in "\t\n\r") or 0x7F <= code < 0xA0:
            return f"holds a character that cannot be shown (U+{code:04X})"
    return None
