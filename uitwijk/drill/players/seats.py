"""Who gets a seat: processes, the most urgent first, from the seats that a municipality has now."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from uitwijk.continuity.region import Region


class Seats:
    """The seats of one municipality that nobody has taken yet.

    Args:
        at: seats by building, in the order in which they were given.
    """

    def __init__(self, region: Region, at: Mapping[str, int]) -> None:
        self._region = region
        self._at = dict(at)
        self._left = dict(at)

    @property
    def buildings(self) -> tuple[str, ...]:
        """Where the municipality's staff sit."""
        return tuple(self._at)

    @property
    def left(self) -> int:
        """Seats that are free."""
        return sum(self._left.values())

    def building(self, stations: Collection[str] = ()) -> str | None:
        """The building where the next clerk sits: the first one with a free seat and those stations.

        Without a free seat beside them, the first with the stations: a clerk may walk there. None: nobody sits
        anywhere, or there is none with them.
        """
        fitting = [each for each in self._at if set(stations) <= set(self._region.buildings[each].stations)]
        return next((each for each in fitting if self._left[each]), next(iter(fitting), None))

    def take(self, number: int, building: str) -> None:
        """Takes seats, those of `building` first."""
        for each in (building, *self._left):
            taken = min(number, self._left[each])
            self._left[each] -= taken
            number -= taken
