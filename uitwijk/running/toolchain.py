"""Where the tool chain is: ours in `.tools/`, or the user's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError

BUILT = Path(__file__).resolve().parents[2] / ".tools"
"""What `make tools` built."""
PYTHON = Path(sys.prefix) / "bin"
"""Of the interpreter that runs this; the engine runs programs with the same."""


@dataclass(frozen=True)
class Toolchain:
    """The programs that a drill runs."""

    path: tuple[Path, ...]
    """Folders to search before the rest of PATH."""
    simulator: Path
    pulumi: Path
    ambient: bool
    """True: the user's own engine and plugins."""

    def versions(self) -> dict[str, str]:
        """What runs, for the evidence."""
        said = subprocess.run([self.pulumi, "version"], capture_output=True, text=True, check=False).stdout.strip()
        return {"toolchain": "ambient" if self.ambient else "built", "pulumi": said}


def find_toolchain() -> Toolchain:
    """The tool chain to use: the user's own when UITWIJK_TOOLCHAIN=ambient, else the one that `make tools` built.

    Raises:
        UitwijkError: when a program is missing, with the command that brings it.
    """
    built = BUILT / "bin"
    ambient = os.environ.get("UITWIJK_TOOLCHAIN") == "ambient"
    path = (PYTHON,) if ambient else (built, PYTHON)
    simulator = built / "vcenter-simulator"
    found = shutil.which(
        "pulumi", path=os.pathsep.join([*map(str, path), os.environ.get("PATH", "")] if ambient else [str(built)])
    )
    problems = []
    if not os.access(simulator, os.X_OK):
        problems.append(f"{simulator.relative_to(BUILT.parent)} is missing: run `make tools`")
    if found is None:
        remedy = (
            "install Pulumi, or unset UITWIJK_TOOLCHAIN"
            if ambient
            else "run `make tools`, or set UITWIJK_TOOLCHAIN=ambient"
        )
        problems.append(f"pulumi not found: {remedy}")
    if problems or found is None:
        raise UitwijkError(problems)
    return Toolchain(path=path, simulator=simulator, pulumi=Path(found), ambient=ambient)
