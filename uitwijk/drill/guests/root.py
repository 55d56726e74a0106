"""The file system of one guest: its own changes above the template, as if the guest had a disk."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests import mounts

_LINKS = 40


class Root:
    """What a guest sees as `/`.

    Args:
        below: the template's root.
        folder: the guest's own; what it changes stays there as long as the folder does.
    """

    def __init__(self, below: Path, folder: Path) -> None:
        self.path = folder / "root"
        self._below = below
        self._folder = folder
        self._mounted: list[Path] = []

    def mount(self) -> None:
        """Makes it visible at `path`, with an empty /run, as after a boot."""
        upper, work = self._folder / "upper", self._folder / "work"
        for part in (self.path, upper, work):
            part.mkdir(parents=True, exist_ok=True)
        # The upper folder's own mode is that of the guest's root directory.
        upper.chmod(0o755)
        mounts.overlay(self._below, upper, work, self.path)
        self._mounted.append(self.path)
        for left in (self.path / "run").iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink()
        for link in ("/run/lock", "/dev/log"):
            self.inside(link).unlink(missing_ok=True)
        self.make("/run/lock", 0o1777)

    def attach(self, disk: Path, where: str) -> None:
        """Mounts the folder of a data disk; it is made if there is none."""
        disk.mkdir(parents=True, exist_ok=True)
        target = self.make(where)
        mounts.bind(disk, target)
        self._mounted.append(target)

    def unmount(self) -> None:
        """Takes it away; what the guest changed stays."""
        while self._mounted:
            mounts.unmount(self._mounted.pop())

    def inside(self, path: str) -> Path:
        """Where a path of the guest is on this computer. No link leads out; what it names need not exist."""
        parts, found, links = path.strip("/").split("/")[::-1], self.path, 0
        while parts:
            part = parts.pop()
            if part in ("", "."):
                continue
            if part == "..":
                found = found if found == self.path else found.parent
                continue
            following = found / part
            if following.is_symlink():
                links += 1
                if links > _LINKS:
                    raise UitwijkError(f"{path}: too many symbolic links")
                target = os.readlink(following)
                parts += target.strip("/").split("/")[::-1]
                found = self.path if target.startswith("/") else found
                continue
            found = following
        return found

    def read(self, pattern: str) -> list[str]:
        """The contents of all files of the guest whose path matches, sorted by path."""
        return [file.read_text(encoding="utf-8") for file in self.matching(pattern)]

    def matching(self, pattern: str) -> list[Path]:
        """Those files; in the last part of the pattern there may be wildcards."""
        folder, _, name = pattern.rpartition("/")
        return sorted(file for file in self.inside(folder).glob(name) if file.is_file())

    def make(self, path: str, mode: int = 0o755, user: int = 0, group: int = 0) -> Path:
        """Makes a folder, with those above it; its mode and owner are set also if it is there."""
        folder = self.inside(path)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        os.chown(folder, user, group)
        return folder

    def write(
        self, path: str, content: bytes, mode: int = 0o644, user: int = 0, group: int = 0, flag: str = "w"
    ) -> None:
        """Writes a file, with the folders above it.

        Args:
            flag: `w`: in place of what is there; `a`: after it.
        """
        file = self.inside(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open(f"{flag}b") as output:
            output.write(content)
        os.chown(file, user, group)
        file.chmod(mode)

    def socket(self, path: str) -> socket.socket:
        """A socket at which programs of the guest leave datagrams."""
        place = self.inside(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        # The path of a socket is limited to some hundred bytes; that of its folder's descriptor is short.
        folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            made.bind(f"/proc/self/fd/{folder}/{place.name}")
        finally:
            os.close(folder)
        place.chmod(0o666)
        return made

    def user(self, name: str) -> int:
        """Number of an account.

        Raises:
            LookupError: there is none of that name.
        """
        return self._id("passwd", name)

    def group(self, name: str) -> int:
        """Number of a group.

        Raises:
            LookupError: there is none of that name.
        """
        return self._id("group", name)

    def primary_group(self, user: str) -> str:
        """Number of the group of an account, as text.

        Raises:
            LookupError: there is no such account.
        """
        return self._entry("passwd", user)[3]

    def home(self, user: str) -> str:
        """Home folder of an account.

        Raises:
            LookupError: there is no such account.
        """
        return self._entry("passwd", user)[5]

    def _id(self, table: str, name: str) -> int:
        return int(name) if name.isdecimal() else int(self._entry(table, name)[2])

    def _entry(self, table: str, name: str) -> list[str]:
        for line in self.inside(f"/etc/{table}").read_text(encoding="utf-8").splitlines():
            fields = line.split(":")
            if fields[0] == name:
                return fields
        raise LookupError(name)
