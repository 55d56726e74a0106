"""The one kind of error that a user of Uitwijk sees."""

from __future__ import annotations

from collections.abc import Iterable


class UitwijkError(Exception):
    """Something that a person has to put right.

    Attributes:
        problems: one line each, complete in itself: the place, the value, what is allowed or what to do.
    """

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems: tuple[str, ...] = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(self.problems))


class CatalogueError(UitwijkError):
    """The catalogue is not a consistent description of a region."""


class SituationError(UitwijkError):
    """A situation file, or a change asked of it, is not legal."""
