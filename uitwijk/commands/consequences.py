"""What a declaration changes, in sentences: what moves, stops, is short, and who has to do what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from uitwijk.commands.status import seats
from uitwijk.console import ATTENTION, BAD, GOOD
from uitwijk.continuity.placement import place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.wording import shortened


@dataclass(frozen=True)
class Consequence:
    """One thing that changes."""

    style: str
    """Colour."""
    word: str
    """The same as a word."""
    sentence: str


def consequences(region: Region, before: Situation, after: Situation) -> list[Consequence]:
    """What differs between two situations, workloads first; empty when nothing does."""
    compare = _Comparison(region, before, after)
    return [
        *compare.overrides(),
        *compare.workloads(),
        *compare.data(),
        *compare.hot(),
        *compare.capacity(),
        *compare.staff(),
        *compare.numbers(),
        *compare.processes(),
    ]


class _Comparison:
    def __init__(self, region: Region, before: Situation, after: Situation) -> None:
        self._region = region
        self._situations = before, after
        self._before = place(region, before)
        self._after = place(region, after)

    def _name(self, organisation: str) -> str:
        return self._region.organisations[organisation].name

    def _machines(self, keys: Iterable[str]) -> int:
        return sum(len(self._region.workloads[key].machines) for key in keys)

    def overrides(self) -> Iterator[Consequence]:
        """Rows of the guard that are lifted."""
        for row in self._situations[1].override:
            yield Consequence(
                BAD, "override", f"{row}: the guard will not protect from split brain until the next epoch"
            )

    def workloads(self) -> Iterator[Consequence]:
        """Cold workloads that another site is to run, or none."""
        moves: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
        for key, where in self._after.workloads.items():
            if self._before.workloads[key] != where:
                moves[self._before.workloads[key], where].append(key)
        for (source, target), keys in moves.items():
            organisations = dict.fromkeys(self._region.workloads[key].organisation for key in keys)
            of = ", ".join(self._name(organisation) for organisation in organisations)
            what = f"{len(keys)} workloads ({self._machines(keys)} machines) of {of}"
            if target is None:
                yield Consequence(BAD, "stop", f"{what}: no site runs them")
            elif source is None:
                yield Consequence(GOOD, "start", f"{what}: at {target}")
            else:
                yield Consequence(ATTENTION, "move", f"{what}: {source} to {target}")

    def data(self) -> Iterator[Consequence]:
        """Datasets that are writable elsewhere."""
        was, now = (situation.data for situation in self._situations)
        for dataset, site in now.items():
            if was[dataset] != site:
                yield Consequence(ATTENTION, "data", f"dataset {dataset} is writable at {site}")

    def hot(self) -> Iterator[Consequence]:
        """Sites whose hot machines stop or start to count."""
        for site in self._region.sites:
            served, serves = site in self._before.hot, site in self._after.hot
            if served and not serves:
                others = f"{' and '.join(self._after.hot)} alone" if self._after.hot else "nobody"
                yield Consequence(ATTENTION, "lose", f"the hot services of {site}: {others} serves")
            elif serves and not served:
                yield Consequence(GOOD, "regain", f"the hot services of {site}")

    def capacity(self) -> Iterator[Consequence]:
        """What finds no room, and sites without a spare host."""
        shed = [key for key in self._after.shed if key not in self._before.shed]
        if shed:
            yield Consequence(BAD, "shed", f"for want of capacity: {shortened(shed)}")
        for site, capacity in self._after.capacity.items():
            was = self._before.capacity.get(site)
            if not capacity.spare_host and (was is None or was.spare_host):
                yield Consequence(ATTENTION, "full", f"{site} carries this without a spare host")

    def staff(self) -> Iterator[Consequence]:
        """People who sit elsewhere, or nowhere."""
        for organisation, seating in self._after.seats.items():
            was = self._before.seats[organisation]
            if dict(seating.at) == dict(was.at):
                continue
            name, own = self._name(organisation), self._region.building_of(organisation)
            if set(seating.at) == {own}:
                yield Consequence(GOOD, "return", f"staff of {name} to {own}")
            elif seating.at:
                yield Consequence(ATTENTION, "relocate", f"staff of {name}: {seats(seating.at)}")
            if seating.short > was.short:
                yield Consequence(BAD, "short", f"{seating.short} of {seating.needed} staff of {name} have no seat")

    def numbers(self) -> Iterator[Consequence]:
        """Telephone numbers that ring elsewhere than their staff sit, or nowhere."""
        silent = {key for key, number in self._after.numbers.items() if not number.rings_at}
        was_silent = {key for key, number in self._before.numbers.items() if not number.rings_at}
        for word, style, keys in (("silent", BAD, silent - was_silent), ("ring", GOOD, was_silent - silent)):
            organisations = sorted({key.split("/")[0] for key in keys})
            if organisations:
                names = ", ".join(self._name(organisation) for organisation in organisations)
                yield Consequence(style, word, f"the telephone numbers of {names}")
        for key, number in self._after.numbers.items():
            organisation = key.split("/")[0]
            if number.rings_at and not self._after.seats[organisation].at and self._before.seats[organisation].at:
                place = ", ".join(number.rings_at)
                yield Consequence(ATTENTION, "ring", f"{key} rings at the reception of {place}")

    def processes(self) -> Iterator[Consequence]:
        """Work that stops, and work that goes on again."""
        for municipality, now in self._after.processes.items():
            was = self._before.processes[municipality]
            resumed = [process for process in was.stopped if process not in now.stopped]
            if resumed:
                yield Consequence(GOOD, "resume", f"{self._name(municipality)}: {shortened(resumed, 14)}")
            if stopped := {process: why for process, why in now.stopped.items() if process not in was.stopped}:
                yield self._stopped(municipality, stopped)

    def _stopped(self, municipality: str, stopped: dict[str, str]) -> Consequence:
        now = self._after.processes[municipality]
        if not now.continues:
            return Consequence(BAD, "stop", f"{self._name(municipality)}: all {len(now.stopped)} processes")
        reasons = Counter(stopped.values())
        which = "; ".join(
            f"{', '.join(process for process, reason in stopped.items() if reason == why)} ({why})" for why in reasons
        )
        goes_on = f"{len(now.continues)} of {len(now.continues) + len(now.stopped)} go on"
        return Consequence(
            ATTENTION if now.majority else BAD,
            "stop",
            f"{self._name(municipality)}: {which}; {goes_on}{'' if now.majority else ', NO majority'}",
        )
