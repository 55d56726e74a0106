"""`uitwijk status`: the situation and its placement on one screen, what is not normal first."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from uitwijk.console import ATTENTION, BAD, GOOD, AsJson, SituationFile, output, print_json
from uitwijk.continuity.placement import Placement, place
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count, shortened

_SEVERITY = (BAD, ATTENTION)
_STATE_STYLE = {SiteState.NORMAL: GOOD, SiteState.DRAINED: ATTENTION, SiteState.LOST: BAD}


def status(situation: SituationFile = None, as_json: AsJson = False) -> None:
    """
    Show what is lost or closed now, and who runs, sits and rings where.

    Examples:

    - `uitwijk status` - on one screen, what is not normal first
    - `uitwijk status --json` - the whole placement, for other programs
    - `uitwijk status --situation what-if.yaml` - the same for another situation
    """
    region, declared = Workspace().load(situation)
    placement = place(region, declared)
    if as_json:
        print_json(placement.to_dict())
    else:
        output().print(Screen(region, declared, placement))


def awaited_promotions(region: Region, situation: Situation, placement: Placement) -> list[tuple[str, str]]:
    """Dataset and site of every promotion without which workloads cannot run where they are placed."""
    runs = {(region.workloads[key].home, site) for key, site in placement.workloads.items() if site is not None}
    return sorted((dataset, site) for dataset, site in runs if situation.data[dataset] != site)


class Screen:
    """The picture for a person: fits 80 columns and, in a single calamity of the real region, 24 lines."""

    def __init__(self, region: Region, situation: Situation, placement: Placement) -> None:
        self._region = region
        self._situation = situation
        self._placement = placement

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """What is not normal first. On a low terminal without blank lines, and with manual steps only counted."""
        for steps, gap in ((self._steps(), True), (self._steps(), False), (self._counted(), True)):
            page = Group(*self._parts(steps, gap=gap))
            # One line is the prompt's.
            if not console.is_terminal or len(console.render_lines(page, options)) < console.height:
                yield page
                return
        yield Group(*self._parts(self._counted(), gap=False))

    def _parts(self, steps: RenderableType | None, *, gap: bool) -> Iterator[RenderableType]:
        parts = [self._head(), self._findings(), self._sites(), self._organisations(), *([steps] if steps else ())]
        for number, part in enumerate(parts):
            if gap and number:
                yield Text()
            yield part

    def _head(self) -> Text:
        text = Text(f"Epoch {self._situation.epoch}", style="bold")
        if self._situation.log:
            entry = self._situation.log[-1]
            at = entry.at.astimezone(datetime.UTC)
            text.append(f", {at:%Y-%m-%d %H:%M} UTC by {entry.by}: {entry.change} ({entry.reason})", style="not bold")
        return text

    def _findings(self) -> RenderableType:
        findings = [*self._declared(), *self._placed(), *self._work()]
        if not findings:
            return Text("Everything is normal.", style=GOOD)
        table = Table.grid(padding=(0, 1))
        table.add_column(width=1)
        table.add_column()
        for style, letter, sentence in sorted(findings, key=lambda finding: _SEVERITY.index(finding[0])):
            table.add_row(Text(letter, style=style), Text(sentence))
        return table

    def _declared(self) -> Iterator[tuple[str, str, str]]:
        """Colour, letter and sentence of everything that was declared and is not as on a normal day."""
        situation = self._situation
        for row in situation.override:
            yield BAD, "O", f"the guard's row {row} is overridden for this epoch"
        for site, state in situation.sites.items():
            if state is not SiteState.NORMAL:
                yield _STATE_STYLE[state], state[0].upper(), f"site {site} is {state}"
        if situation.hypothetical:
            yield ATTENTION, "H", "hypothetical: may be previewed, never applied"
        if closed := list(situation.closed_buildings):
            verb = "building is closed" if len(closed) == 1 else f"{len(closed)} buildings are closed"
            yield ATTENTION, "C", f"{verb}: {', '.join(closed)}"

    def _placed(self) -> Iterator[tuple[str, str, str]]:
        """The same of what runs elsewhere, or nowhere."""
        placement = self._placement
        awaited = awaited_promotions(self._region, self._situation, placement)
        for dataset, site in awaited:
            yield BAD, "W", f"dataset {dataset} waits to be promoted at {site}: its workloads cannot start there"
        for dataset, site in self._situation.data.items():
            if site != dataset and dataset not in dict(awaited):
                yield ATTENTION, "M", f"dataset {dataset} is writable at {site}"
        nowhere = {key for key, where in placement.workloads.items() if where is None} - set(placement.shed)
        if nowhere:
            yield BAD, "X", f"{len(nowhere)} workloads run nowhere: no site is normal"
        if placement.shed:
            yield BAD, "X", f"shed for want of capacity: {shortened(placement.shed)}"
        for site, capacity in placement.capacity.items():
            if not capacity.spare_host:
                yield ATTENTION, "!", f"{site} has no spare host"

    def _work(self) -> Iterator[tuple[str, str, str]]:
        """The same of people, their telephones and their work."""
        placement = self._placement
        silent = sorted({key.split("/")[0] for key, number in placement.numbers.items() if not number.rings_at})
        if silent:
            yield BAD, "T", f"telephone numbers that ring nowhere: {shortened(silent)}"
        if stuck := [who for who, processes in placement.processes.items() if not processes.majority]:
            yield BAD, "X", f"no majority of the work goes on in {shortened(stuck)}"
        for who, processes in placement.processes.items():
            if processes.majority and processes.stopped:
                yield ATTENTION, "P", f"stopped in {who}: {', '.join(processes.stopped)}"
        if short := [f"{who} {seating.short}" for who, seating in placement.seats.items() if seating.short]:
            yield BAD, "S", f"staff without a seat: {', '.join(short)}"
        for who, seating in placement.seats.items():
            if self._moved(who):
                yield ATTENTION, "M", f"staff of {who} sit at {seats(seating.at)}"
            elif not seating.at and (reception := self._reception(who)):
                yield ATTENTION, "T", f"the numbers of {who} ring at the reception of {reception}"

    def _sites(self) -> Table:
        table = _table("SITE", "STATE", "DATA WRITABLE AT", "VCPUS", "MEMORY GiB", "SPARE HOST")
        for site, state in self._situation.sites.items():
            cells: tuple[RenderableType, ...] = ("-", "-", "-")
            if capacity := self._placement.capacity.get(site):
                cells = (
                    "{} of {}".format(*capacity.vcpus),
                    "{} of {}".format(*capacity.memory_gib),
                    Text("yes", style=GOOD) if capacity.spare_host else Text("NO !", style=ATTENTION),
                )
            letter = Text(f"{state[0].upper()} {state}", style=_STATE_STYLE[state])
            writable = self._situation.data[site]
            table.add_row(site, letter, Text(writable) if writable == site else _marked(writable, "M"), *cells)
        return table

    def _organisations(self) -> Table:
        """Each organisation against sites and buildings. The letters are those of the findings."""
        table = _table("", "SHOULD RUN AT", "STAFF SIT AT", "SHORT", "NUMBERS", "PROCESSES")
        organisations = (*self._region.municipalities, *self._region.partnerships)
        for organisation in sorted(organisations, key=lambda organisation: not self._differs(organisation)):
            short, differs = self._placement.seats[organisation].short, self._differs(organisation)
            table.add_row(
                Text(self._region.organisations[organisation].name, style="bold" if differs else ""),
                self._runs_at(organisation),
                self._staff(organisation),
                _marked(str(short), "S", BAD) if short else Text("0"),
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
        home = self._region.home(organisation)
        if None in where:
            return _marked(f"{sites} partly" if sites else "nowhere", "X", BAD)
        if (home, sites) in awaited_promotions(self._region, self._situation, self._placement):
            return _marked(sites, "W", BAD)
        return Text(sites) if where == {home} else _marked(sites, "M")

    def _moved(self, organisation: str) -> bool:
        at = self._placement.seats[organisation].at
        return bool(at) and set(at) != {self._region.building_of(organisation)}

    def _staff(self, organisation: str) -> Text:
        at = self._placement.seats[organisation].at
        if not at:
            return _marked("no seat", "S", BAD)
        where = seats(at) if len(at) == 1 else f"{len(at)} buildings"
        return _marked(where, "M") if self._moved(organisation) else Text(where)

    def _numbers(self, organisation: str) -> Text:
        numbers = [number for key, number in self._placement.numbers.items() if key.startswith(f"{organisation}/")]
        if not numbers:
            return Text("-")
        if not all(number.rings_at for number in numbers):
            return _marked("nowhere", "T", BAD)
        if self._placement.seats[organisation].at:
            return Text("with staff")
        return _marked("reception", "T")

    def _processes(self, organisation: str) -> Text:
        processes = self._placement.processes.get(organisation)
        if processes is None:
            return Text("-")
        going = len(processes.continues)
        text = f"{going}/{going + len(processes.stopped)}"
        if not processes.stopped:
            return Text(text)
        return _marked(text, "P") if processes.majority else _marked(text, "X", BAD)

    def _reception(self, organisation: str) -> str | None:
        places = [b for k, n in self._placement.numbers.items() if k.startswith(f"{organisation}/") for b in n.rings_at]
        return next(iter(places), None)

    def _steps(self) -> RenderableType | None:
        if not self._placement.manual_steps:
            return None
        return Group(Text("MANUAL STEPS", style="bold"), manual_steps(self._placement))

    def _counted(self) -> RenderableType | None:
        steps = count(len(self._placement.manual_steps), "manual step")
        hint = f"{steps}, told in a higher window or by `uitwijk status | less`"
        return Text(hint, style="bold") if self._placement.manual_steps else None


def seats(at: Mapping[str, int]) -> str:
    """Seats by building in few words, e.g. `north-office 60, elmford 9`."""
    return ", ".join(f"{building.removesuffix('-town-hall')} {count}" for building, count in at.items())


def manual_steps(placement: Placement) -> Table:
    """Who does what by hand."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column()
    for action in placement.manual_steps:
        table.add_row("-", Text.assemble((f"{action.owner}: ", "bold"), action.step))
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=True)
    return table


def _marked(text: str, letter: str, style: str = ATTENTION) -> Text:
    return Text(f"{text} {letter}", style=style)
