"""Debian 12's archive, asked through apt: what it holds, and programs unpacked into a folder. Nothing is installed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.simulated import packages as packages_of_debian

RELEASE = ("debian", "12", "bookworm")
"""What the catalogue's systems are built on: os-release's ID and VERSION_ID, and the suite."""
PYTHON = Path("/usr/bin/python3")
"""Debian's own Python, for which its modules are built."""


class DebianError(Exception):
    """The archive cannot be asked; the text says why, and the remedy."""


def require_debian() -> None:
    """Raises DebianError unless this machine runs Debian 12 and knows the package lists of its archive."""
    try:
        told = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        told = ""
    found = {key: value.strip('"') for key, _, value in (line.partition("=") for line in told.splitlines())}
    if (found.get("ID"), found.get("VERSION_ID")) != RELEASE[:2]:
        raise DebianError("this machine does not run Debian 12, on which the region's machines are built")
    if "cloud-init" not in available(["cloud-init"]):
        raise DebianError("apt knows no packages of Debian 12: run `apt-get update`")


def available(packages: Iterable[str]) -> set[str]:
    """Those of the packages that Debian 12 itself holds, whatever other archives this machine uses."""
    listed = _run("apt-cache", "madison", *packages)
    lines = (line.split(" | ") for line in listed.splitlines())
    return {name.strip() for name, _, source in lines if re.search(rf" {RELEASE[2]}[a-z-]*/main ", source)}


def installable(packages: Iterable[str], folder: Path) -> str:
    """What apt says against all of these packages on a machine that holds none yet; empty if nothing."""
    nothing = folder / "no-packages"
    nothing.touch()
    command = ("apt-get", "install", "--simulate", "-o", f"Dir::State::status={nothing}", *packages)
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@dataclass(frozen=True)
class Unpacked:
    """Packages, and what they need and this machine lacks, below a folder."""

    root: Path

    def run(self, program: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs one of their programs, by its path on a Debian machine."""
        command = [self.path(str(program)), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)

    @cached_property
    def environment(self) -> dict[str, str]:
        """With which their programs find libraries, modules and each other."""
        places = [str(self.root / folder) for folder in ("usr/sbin", "usr/bin")]
        return _environment() | {
            "LD_LIBRARY_PATH": packages_of_debian.library_path(self.root),
            "PATH": ":".join([*places, os.environ["PATH"]]),
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
        }

    def path(self, path: str) -> Path:
        """Where a file of theirs is."""
        here = self.root / path.lstrip("/")
        return here if here.exists() else Path(path)


def unpack(packages: Iterable[str], folder: Path) -> Unpacked:
    """Fetches packages and unpacks them below `folder`; none of their scripts runs.

    Raises:
        DebianError: they cannot be had.
    """
    try:
        return Unpacked(packages_of_debian.unpack(packages, folder))
    except UitwijkError as error:
        raise DebianError(str(error)) from None


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    except FileNotFoundError:
        raise DebianError(f"there is no {command[0]}: Debian's archive is asked through apt") from None
    if done.returncode:
        raise DebianError(f"{command[0]} {command[1]} failed: {done.stderr.strip()}")
    return done.stdout
