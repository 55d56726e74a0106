"""Where the tool chain is: ours in the user's cache, built there on first use, or the user's own."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from uitwijk.continuity.errors import UitwijkError
from uitwijk.observe.pulumi import Pulumi
from uitwijk.tools.binaries import SIMULATOR, selected
from uitwijk.tools.build import Workshop, ambient_pulumi

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
        """What runs, for the evidence.

        Raises:
            UitwijkError: `pulumi` cannot be run.
        """
        path = os.pathsep.join([str(self.pulumi.parent), os.environ.get("PATH", os.defpath)])
        said = Pulumi(Path(), {**os.environ, "PATH": path}).order("version")
        return {"toolchain": "ambient" if self.ambient else "built", "pulumi": said.strip()}


def find_toolchain(*, build: bool = False) -> Toolchain:
    """The tool chain to use: the user's own when UITWIJK_TOOLCHAIN=ambient, else the one in the cache.

    Args:
        build: whether to build what is missing, which is told on standard error and takes minutes the first time.

    Raises:
        UitwijkError: when a program is missing and may not or cannot be built, with what to do.
    """
    workshop = Workshop(sys.stderr)
    chosen = os.environ.get("UITWIJK_TOOLCHAIN", "")
    wanted = selected([], chosen)
    pulumi = ambient_pulumi(workshop.cache) if chosen else None
    folders = workshop.build(wanted) if build else workshop.find(wanted)
    if folders is None:
        raise UitwijkError(
            f"the tool chain is not in {workshop.cache}: run `python -m uitwijk.tools.build`; with "
            "UITWIJK_TOOLCHAIN=ambient that builds the simulator alone, and your own pulumi is used"
        )
    simulator = folders[wanted.index(SIMULATOR)] / SIMULATOR.name
    if pulumi is not None:
        return Toolchain(path=(PYTHON,), simulator=simulator, pulumi=pulumi, ambient=True)
    engine = workshop.together(folders)
    return Toolchain(path=(engine, PYTHON), simulator=simulator, pulumi=engine / "pulumi", ambient=False)


def first_on_path() -> tuple[Path, ...]:
    """What plain `pulumi` is to find first: the tool chain in the cache, if it is wanted and there; our Python."""
    try:
        return find_toolchain().path
    except UitwijkError:
        return (PYTHON,)
