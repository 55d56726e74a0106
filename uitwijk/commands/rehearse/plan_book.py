"""The plan book: the approved plan of each calamity, one reviewable file each in `plans/`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from uitwijk.continuity.bounded import Unreadable, read_text
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.reading import whole
from uitwijk.continuity.strict_yaml import parse_yaml, to_yaml
from uitwijk.files import write_atomically

_HEAD = """\
# Approved plan. `uitwijk rehearse` compares it with what the engine would do today; `--approve` writes it anew.
# It says what this calamity changes on a normal day. {} under a stack: no resource of it changes.
"""
_WIDTH = 10_000
"""One line a fact, however long: what changes is then one line, too."""


class Status(StrEnum):
    """How far a plan can be trusted."""

    VERIFIED = "VERIFIED"
    """The engine would do what was approved."""
    NEEDS_VERIFIED = "NEEDS VERIFIED"
    """It would do something else; somebody must look at the difference."""
    NOT_VERIFIED = "NOT VERIFIED"
    """There is no approved plan, or no preview to compare it with."""


@dataclass(frozen=True)
class PlanBook:
    """The files in one folder."""

    folder: Path

    def file(self, calamity: str) -> Path:
        """Where the plan of a calamity is, or would be."""
        return self.folder / f"{calamity}.yaml"

    def approved(self, calamity: str) -> dict[str, Any] | None:
        """The approved plan; None: there is none.

        Raises:
            UitwijkError: when its file cannot be understood.
        """
        file = self.file(calamity)
        if not file.exists():
            return None
        try:
            plan = parse_yaml(read_text(file))
        except Unreadable as unreadable:
            raise UitwijkError(f"{self._shown(file)}: cannot be read: {unreadable}") from None
        if not isinstance(plan, dict):
            raise UitwijkError(f"{self._shown(file)}: is no plan; `git checkout` it, or approve it anew")
        return plan

    def approve(self, calamity: str, plan: Mapping[str, Any]) -> None:
        """Keeps a plan as the approved one; a file that says the same stays untouched."""
        self.folder.mkdir(exist_ok=True)
        text = _HEAD + in_yaml(plan)
        file = self.file(calamity)
        if not file.exists() or whole(file) != text.encode():
            write_atomically(file, text)

    def strangers(self, calamities: frozenset[str]) -> list[Path]:
        """Files of calamities that the region does not know, any more."""
        return [file for file in sorted(self.folder.glob("*.yaml")) if file.stem not in calamities]

    def _shown(self, file: Path) -> str:
        return f"{self.folder.name}/{file.name}"


def in_yaml(plan: Mapping[str, Any]) -> str:
    """A plan as it stands in its file: the same plan gives the same text."""
    return to_yaml(dict(plan), width=_WIDTH)


def difference(approved: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """The lines that are gone (`-`) and new (`+`), with what stands around them; empty when the plans are the same."""
    before, after = (in_yaml(plan).splitlines() for plan in (approved, found))
    lines = difflib.unified_diff(before, after, n=2, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++"))]
