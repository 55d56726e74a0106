"""The project around the command: the catalogue, the situation, the simulated sites that run."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uitwijk.continuity import load_region, load_situation
from uitwijk.continuity.bounded import Unreadable, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.continuity.strict_json import parse_json
from uitwijk.project import find_project


@dataclass(frozen=True)
class Workspace:
    """The folders and files that the command works on."""

    root: Path = field(default_factory=find_project)
    """The region's project: the folder of Pulumi.yaml; left out, it is found from the working folder."""

    @property
    def catalogue(self) -> Path:
        """The region as data."""
        return self.root / "catalogue"

    @property
    def sites(self) -> Path:
        """Where `uitwijk sites` keeps its simulated sites."""
        return self.root / ".sites"

    @property
    def sites_note(self) -> Path:
        """What `uitwijk env` and `uitwijk sites` know of the simulated sites; it exists while they are up."""
        return self.sites / "sites.json"

    @property
    def evidence(self) -> Path:
        """Where each drill leaves its evidence, in a folder of its own."""
        return self.root / "evidence"

    @property
    def lessons(self) -> Path:
        """What exercises and calamities taught; need not be there."""
        return self.root / "lessons.yaml"

    @property
    def expectations(self) -> Path:
        """What people expect to stand, sit and ring where, in tables that they wrote by hand."""
        return self.root / "expectations"

    @property
    def plans(self) -> Path:
        """The approved plans, one file a calamity."""
        return self.root / "plans"

    @property
    def stack_files(self) -> Path:
        """The folder of the stack files that plain `pulumi` uses now."""
        return self.sites / "project" if self.running_sites() else self.root

    def situation(self, named: Path | None) -> Path:
        """The situation file: the one that was named, else the project's."""
        return named or self.root / "situation.yaml"

    def load(self, named: Path | None = None) -> tuple[Region, Situation]:
        """The region, and the situation in the file `named` or, without one, the project's.

        Raises:
            UitwijkError: with every problem in one of them.
        """
        region = load_region(self.catalogue)
        return region, load_situation(self.situation(named), region)

    def running_sites(self) -> dict[str, Any] | None:
        """What `uitwijk sites` noted about the simulated sites, while they run; else None.

        Raises:
            UitwijkError: when the note is there but cannot be read.
        """
        note = self.sites_note
        try:
            if not note.exists():
                return None
            noted: dict[str, Any] = parse_json(read_text(note))
            alive = _lives(int(noted["pid"]))
        except (Unreadable, OSError, ValueError, OverflowError, KeyError, TypeError) as error:
            raise UitwijkError(f"{note}: cannot be read ({error}); start the simulated sites again") from error
        return noted if alive else None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
