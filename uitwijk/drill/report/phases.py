"""A table with a column for each phase of a calamity: before, during and after it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """Where something was in one phase."""

    lines: tuple[str, ...]
    changed: bool
    """Other than before."""
    bad: bool = False


@dataclass(frozen=True)
class PlaceRow:
    """Where one organisation's work or people were, phase by phase."""

    organisation: str
    cells: tuple[Cell, ...]

    @property
    def changed(self) -> bool:
        return any(cell.changed or cell.bad for cell in self.cells)
