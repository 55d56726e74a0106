"""Shell files with which people look at a simulated site themselves."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from uitwijk.files import write_private


def write_exports(path: Path, variables: Mapping[str, str], folder: Path | None = None) -> Path:
    """Writes `export` lines into the file `path`, readable by its owner only, and returns it.

    Args:
        variables: what to export; they may hold a password.
        folder: where the shell then goes.
    """
    lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(variables.items())]
    if folder is not None:
        lines.append(f"cd {shlex.quote(str(folder))}")
    write_private(path, "\n".join(lines) + "\n")
    return path
