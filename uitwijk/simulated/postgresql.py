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
from uitwijk.simulated.packages import library_path, unpack

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

    def run(self, program: str, *arguments: str | Path, passfile: Path | None = None) -> None:
        """Runs one to its end.

        Args:
            passfile: where it finds the password of the account that it uses.

        Raises:
            UitwijkError: it failed.
        """
        done = subprocess.run(
            self.command(program, *arguments),
            env=self.with_passwords(passfile) if passfile else dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise UitwijkError([f"{program} failed", *done.stderr.strip().splitlines()[-3:]])

    def with_passwords(self, file: Path) -> dict[str, str]:
        """The environment in which its clients find their passwords."""
        return {**self.environment, "PGPASSFILE": str(file)}


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
    return PostgreSQL(root / _PLACE, {**environment, "LD_LIBRARY_PATH": library_path(root)})


def _fetch(root: Path) -> None:
    """Whole or not at all, so that a run that was broken off is noticed by the next."""
    work = root.with_name(f"{root.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    try:
        os.rename(unpack(_PACKAGES, work), root)
    except UitwijkError as error:
        remedy = "a state in PostgreSQL is played with Debian 12's: `apt-get update` there, once, then again"
        raise UitwijkError([*error.problems, remedy]) from None
    shutil.rmtree(work)
