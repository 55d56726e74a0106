"""`uitwijk status`: the situation and its placement on one screen, what is not normal first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from continuity.placement import Placement
from continuity.region import Region
from continuity.situation import SiteState, Situation

GOOD, ATTENTION, BAD = "green", "yellow", "bold red"
"""Colours. Each stands beside a letter or a word that says the same."""
_STATE_STYLE = {SiteState.NORMAL: GOOD, SiteState.DRAINED: ATTENTION, SiteState.LOST: BAD}


def shortened(items: Sequence[str], shown: int = 4) -> str:
    """The first few by name, the rest by number."""
    rest = len(items) - shown
    return ", ".join(items[:shown]) + (f" and {rest} more" if rest > 0 else "")


def awaited_promotions(region: Region, situation: Situation, placement: Placement) -> list[tuple[str, str]]:
    """Dataset and site of every promotion without which workloads cannot run where they are placed."""
    runs = {(region.workloads[key].home, site) for key, site in placement.workloads.items() if site is not None}
    return sorted((dataset, site) for dataset, site in runs if situation.data[dataset] != site)


class Screen:
    """The picture for a person: fits 80 columns and, in a single calamity of the real region, 40 lines."""

    def __init__(self, region: Region, situation: Situation, placement: Placement) -> None:
        self._region = region
        self._situation = situation
        self._placement = placement

    def everything(self) -> Group:
        """All parts, what is not normal first."""
        parts: list[RenderableType] = [self._head(), Text()]
        findings = list(self._not_normal())
        parts.append(_findings(findings) if findings else Text("Everything is normal.", style=GOOD))
        parts += [Text(), self._sites(), Text(), self._organisations()]
        relocated = self._relocated()
        if relocated.row_count:
            parts += [Text(), Text("RELOCATED STAFF", style="bold"), relocated]
        if self._placement.manual_steps:
            parts += [Text(), Text("MANUAL STEPS", style="bold"), manual_steps(self._placement)]
        return Group(*parts)

    def _head(self) -> Text:
        text = Text(f"Epoch {self._situation.epoch}", style="bold")
        if self._situation.log:
            entry = self._situation.log[-1]
            at = entry.at.astimezone(datetime.UTC)
            text.append(f", {at:%Y-%m-%d %H:%M} UTC by {entry.by}: {entry.change} ({entry.reason})", style="not bold")
        return text

    def _not_normal(self) -> Iterator[tuple[str, str, str]]:
        """Colour, letter and sentence of everything that is not as on a normal day."""
        situation, placement = self._situation, self._placement
        if situation.hypothetical:
            yield ATTENTION, "H", "hypothetical: may be previewed, never applied"
        for site, state in situation.sites.items():
            if state is not SiteState.NORMAL:
                yield _STATE_STYLE[state], state[0].upper(), f"site {site} is {state}"
        for building in situation.closed_buildings:
            yield ATTENTION, "C", f"building {building} is closed"
        for dataset, site in situation.data.items():
            if site != dataset:
                yield ATTENTION, "D", f"dataset {dataset} is writable at {site}"
        for dataset, site in awaited_promotions(self._region, situation, placement):
            yield BAD, "D", f"dataset {dataset} waits to be promoted at {site}: its workloads cannot start there"
        nowhere = {key for key, where in placement.workloads.items() if where is None} - set(placement.shed)
        if nowhere:
            yield BAD, "X", f"{len(nowhere)} workloads run nowhere: no site is normal"
        if placement.shed:
            yield BAD, "X", f"shed for want of capacity: {shortened(placement.shed)}"
        for site, capacity in placement.capacity.items():
            if not capacity.spare_host:
                yield ATTENTION, "!", f"{site} has no spare host"
        short = [f"{who} {seating.short}" for who, seating in placement.seats.items() if seating.short]
        if short:
            yield ATTENTION, "S", f"staff without a seat: {', '.join(short)}"
        silent = sorted({key.split("/")[0] for key, number in placement.numbers.items() if not number.rings_at})
        if silent:
            yield BAD, "T", f"telephone numbers that ring nowhere: {shortened(silent)}"
        for row in situation.override:
            yield BAD, "O", f"the guard's row {row} is overridden for this epoch"

    def _sites(self) -> Table:
        table = _table("SITE", "STATE", "DATA WRITABLE AT", "VCPUS", "MEMORY GiB", "SPARE HOST")
        for site, state in self._situation.sites.items():
            cells: tuple[RenderableType, ...] = ("-", "-", "-")
            if capacity := self._placement.capacity.get(site):
                cells = (
                    "{} of {}".format(*capacity.vcpus),
                    "{} of {}".format(*capacity.memory_gib),
                    Text("yes", style=GOOD) if capacity.spare_host else Text("NO", style=ATTENTION),
                )
            letter = Text(f"{state[0].upper()} {state}", style=_STATE_STYLE[state])
            table.add_row(site, letter, self._situation.data[site], *cells)
        return table

    def _organisations(self) -> Table:
        table = _table("", "RUNS AT", "STAFF", "SHORT", "NUMBERS", "PROCESSES")
        organisations = (*self._region.municipalities, *self._region.partnerships)
        for organisation in sorted(organisations, key=lambda organisation: not self._differs(organisation)):
            short = self._placement.seats[organisation].short
            table.add_row(
                Text(
                    self._region.organisations[organisation].name, style="bold" if self._differs(organisation) else ""
                ),
                self._runs_at(organisation),
                self._staff(organisation),
                Text(str(short), style=BAD if short else ""),
                self._numbers(organisation),
                self._processes(organisation),
            )
        return table

    def _differs(self, organisation: str) -> bool:
        processes = self._placement.processes.get(organisation)
        return (
            self._region.building_of(organisation) in self._situation.closed_buildings
            or self._where(organisation) != {self._region.home(organisation)}
            or bool(processes and processes.stopped)
        )

    def _where(self, organisation: str) -> set[str | None]:
        """The sites that run its cold workloads; None: some run nowhere."""
        workloads = self._placement.workloads
        return {site for key, site in workloads.items() if self._region.workloads[key].organisation == organisation}

    def _runs_at(self, organisation: str) -> Text:
        where = self._where(organisation)
        sites = ", ".join(sorted(site for site in where if site is not None))
        if None in where:
            return Text(f"{sites} partly" if sites else "nowhere", style=BAD)
        return Text(sites, style="" if where == {self._region.home(organisation)} else ATTENTION)

    def _staff(self, organisation: str) -> Text:
        seating = self._placement.seats[organisation]
        if not seating.at:
            return Text("no seat", style=BAD)
        if set(seating.at) == {self._region.building_of(organisation)}:
            return Text(f"{seating.seated} at home")
        return Text(f"{seating.seated} moved", style=ATTENTION)

    def _numbers(self, organisation: str) -> Text:
        numbers = [number for key, number in self._placement.numbers.items() if key.startswith(f"{organisation}/")]
        if not numbers:
            return Text("-")
        if not all(number.rings_at for number in numbers):
            return Text("nowhere", style=BAD)
        if self._placement.seats[organisation].at:
            return Text("with staff")
        return Text("reception", style=ATTENTION)

    def _processes(self, organisation: str) -> Text:
        processes = self._placement.processes.get(organisation)
        if processes is None:
            return Text("-")
        going = len(processes.continues)
        text = f"{going}/{going + len(processes.stopped)}"
        if not processes.stopped:
            return Text(text)
        if processes.majority:
            return Text(f"{text} majority", style=ATTENTION)
        return Text(f"{text} NO majority", style=BAD)

    def _relocated(self) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        for organisation, seating in self._placement.seats.items():
            name = Text(self._region.organisations[organisation].name, style="bold")
            if not seating.at:
                table.add_row(name, Text(f"no seat anywhere{self._reception(organisation)}", style=BAD))
            elif set(seating.at) != {self._region.building_of(organisation)}:
                table.add_row(name, seats(seating.at))
        return table

    def _reception(self, organisation: str) -> str:
        places = [b for k, n in self._placement.numbers.items() if k.startswith(f"{organisation}/") for b in n.rings_at]
        return f"; its numbers ring at the reception of {places[0]}" if places else ""


def seats(at: Mapping[str, int]) -> str:
    """Seats by building in few words, e.g. `iszf-office 60, bolsward 9`."""
    return ", ".join(f"{building.removesuffix('-town-hall')} {count}" for building, count in at.items())


def manual_steps(placement: Placement) -> Table:
    """Who does what by hand."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column()
    for action in placement.manual_steps:
        table.add_row("-", Text.assemble((f"{action.owner}: ", "bold"), action.step))
    return table


def _findings(findings: list[tuple[str, str, str]]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column()
    for style, letter, sentence in findings:
        table.add_row(Text(letter, style=style), Text(sentence))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table
