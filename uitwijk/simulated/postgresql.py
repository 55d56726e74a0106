"""Debian's PostgreSQL 15: what this computer has of it, else fetched and unpacked into the cache, never installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from uitwijk.cache import cache_folder
from uitwijk.continuity.errors import UitwijkError

_PLACE = Path("usr/lib/postgresql/15/bin")
_PACKAGES = ("postgresql-15", "postgresql-client-15")


@dataclass(frozen=True)
class PostgreSQL:
    """Its programs."""

    programs: Path
    environment: Mapping[str, str]
    """With which they find their libraries."""

    def command(self, program: str, *arguments: str | Path) -> list[str]:
        """How a program of it is run. Its server refuses root, who is somebody else in a namespace of users."""
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid():
            return command
        # Whoever enters such a namespace is no longer told when its parent dies.
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "setpriv", "--pdeathsig", "INT", *command]

    def run(self, program: str, *arguments: str | Path) -> str:
        """Runs one to its end and returns what it prints.

        Raises:
            UitwijkError: it failed.
        """
        done = subprocess.run(
            self.command(program, *arguments), env=dict(self.environment), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise UitwijkError([f"{program} failed", *done.stderr.strip().splitlines()[-3:]])
        return done.stdout


def find_postgresql() -> PostgreSQL:
    """The programs.

    Raises:
        UitwijkError: they are not here, and cannot be fetched.
    """
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name in [name for name in environment if name.startswith("PG")]:
        del environment[name]
    if (Path("/") / _PLACE / "postgres").exists():
        return PostgreSQL(Path("/") / _PLACE, environment)
    root = cache_folder() / "postgresql-15"
    if not (root / _PLACE / "postgres").exists():
        _fetch(root)
    libraries = sorted({str(file.parent) for file in root.rglob("lib*.so.*")})
    return PostgreSQL(root / _PLACE, {**environment, "LD_LIBRARY_PATH": ":".join(libraries)})


def _fetch(root: Path) -> None:
    """Fetches the packages, and what they need and this computer lacks; none of their scripts runs."""
    work = root.with_name(f"{root.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    archives = work / "archives"
    (archives / "partial").mkdir(parents=True)
    _apt(
        *("install", "--download-only", "--no-install-recommends", "--yes", "-qq"),
        *("-o", f"Dir::Cache::archives={archives}", "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User="),
        *_PACKAGES,
    )
    for archive in sorted(archives.glob("*.deb")):
        subprocess.run(["dpkg-deb", "--extract", archive, work / "root"], check=True)
    os.rename(work / "root", root)
    shutil.rmtree(work)


def _apt(*arguments: str) -> None:
    remedy = "state in PostgreSQL is played with Debian's version 15: on Debian 12, `apt-get update` once, then again"
    try:
        done = subprocess.run(["apt-get", *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UitwijkError(f"there is no apt-get; {remedy}") from None
    if done.returncode:
        raise UitwijkError(
            [f"apt-get could not fetch {', '.join(_PACKAGES)}; {remedy}", *done.stderr.splitlines()[-2:]]
        )
