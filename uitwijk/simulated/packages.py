"""Debian's packages, unpacked below a folder and not installed: none of their scripts runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError


def unpack(packages: Iterable[str], folder: Path) -> Path:
    """Fetches packages, with what they need and this computer lacks, and returns the root below which they are.

    Args:
        packages: their names.
        folder: gets `archives/` and `root/`, which are not there yet.

    Raises:
        UitwijkError: they cannot be had.
    """
    archives, root = folder / "archives", folder / "root"
    (archives / "partial").mkdir(parents=True)
    root.mkdir()
    _run(
        *("apt-get", "install", "--download-only", "--no-install-recommends", "--yes", "-qq"),
        *("-o", f"Dir::Cache::archives={archives}", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User="),
        *packages,
    )
    for archive in sorted(archives.glob("*.deb")):
        _run("dpkg-deb", "--extract", str(archive), str(root))
    return root


def library_path(root: Path) -> str:
    """Where their programs find their libraries: for LD_LIBRARY_PATH."""
    return ":".join(sorted({str(file.parent) for file in root.rglob("*.so.*")}))


def _run(*command: str) -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    except FileNotFoundError:
        raise UitwijkError(f"there is no {command[0]}: Debian's archive is asked through apt") from None
    if done.returncode:
        raise UitwijkError(f"{command[0]} {command[1]} failed: {done.stderr.strip()}")
