"""mount(2) and umount(2), without a process each."""

from __future__ import annotations

import ctypes
import errno
import os
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_BIND = 4096
_DETACH = 2


def overlay(below: Path, upper: Path, work: Path, where: Path) -> None:
    """Mounts at `where` what is in `below`; all that changes goes to `upper`."""
    _mount("overlay", where, "overlay", 0, f"lowerdir={below},upperdir={upper},workdir={work}")


def memory(where: Path, size_mib: int) -> None:
    """Mounts at `where` an empty file system in memory, which holds `size_mib` at most."""
    _mount("tmpfs", where, "tmpfs", 0, f"size={size_mib}m,mode=0700")


def bind(folder: Path, where: Path) -> None:
    """Shows `folder` at `where`, too."""
    _mount(str(folder), where, "none", _BIND, "")


def unmount(where: Path) -> None:
    """Takes away what is mounted at `where`; what is still in use there goes on until it ends."""
    if _LIBC.umount2(os.fsencode(where), _DETACH) and (number := ctypes.get_errno()) != errno.EINVAL:
        raise OSError(number, os.strerror(number), str(where))


def _mount(source: str, where: Path, kind: str, flags: int, options: str) -> None:
    words = (os.fsencode(source), os.fsencode(where), kind.encode())
    if _LIBC.mount(*words, ctypes.c_ulong(flags), options.encode() or None):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(where))
