"""`uitwijk check --all-calamities`: the proof of the region at hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from uitwijk.commands.readiness.answer import show_lines, verdict
from uitwijk.commands.readiness.calamities import bounds, proof_lines, worst_facts, worst_table
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.commands.readiness.model import catalogue_failures, catalogue_line
from uitwijk.continuity import load_region
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.proof import Calamities, Proof, all_calamities, prove
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.running.workspace import Workspace


@dataclass(frozen=True)
class Outcome:
    """What came of the proof."""

    lines: tuple[Line, ...]
    region: Region | None = None
    proof: Proof | None = None
    """None: the catalogue cannot be loaded."""

    @property
    def verdict(self) -> Verdict:
        """The worst of all lines."""
        return verdict(self.lines)

    def to_dict(self) -> dict[str, Any]:
        """The outcome as plain data."""
        facts: dict[str, Any] = {"verdict": self.verdict, "lines": [line.to_dict() for line in self.lines]}
        if self.region and self.proof:
            facts |= {"situations": self.proof.situations, "worst": worst_facts(self.region, self.proof.worst)}
        return facts

    def show(self, console: Console) -> None:
        """Prints the lines, then the table."""
        show_lines(console, self.lines)
        if self.region and self.proof:
            console.print()
            console.print(worst_table(self.region, self.proof.worst))


def run(workspace: Workspace) -> Outcome:
    """Proves all calamities of the workspace's region; on a terminal, tells how far it is."""
    try:
        region = load_region(workspace.catalogue)
    except UitwijkError as error:
        return Outcome(tuple(catalogue_failures(error)))
    calamities = all_calamities(region)
    with _watched(calamities) as situations:
        proof = prove(region, situations, bounds(region))
    return Outcome((catalogue_line(region), *proof_lines(calamities, proof)), region, proof)


@contextmanager
def _watched(calamities: Calamities) -> Iterator[Iterator[Situation]]:
    """The situations, counted on the terminal as they are taken."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield iter(progress.track(calamities, total=len(calamities), description="proving every calamity"))
