"""The runbook's pages, made from the region and its approved plans, so that they say what holds today.

python -m uitwijk.commands.runbook FOLDER
"""

from __future__ import annotations

import datetime
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from textwrap import wrap
from typing import Any

import jinja2

from uitwijk.commands.consequences import Consequence, consequences
from uitwijk.commands.declare import parse
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.continuity import place
from uitwijk.continuity.calamity import NOTHING, Calamity, single_calamities
from uitwijk.continuity.catalogue import RecoveryClass
from uitwijk.continuity.declaration import declare, next_commands
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.plan import MACHINES
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.running.workspace import Workspace
from uitwijk.wording import count, site_name

_ANY_TIME = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
"""No page shows it."""


def pages(region: Region, book: PlanBook) -> dict[str, str]:
    """The pages in Markdown by file name: of each lost site, of closed buildings, of what only looks like a calamity.

    Raises:
        UitwijkError: naming each calamity without an approved plan.
    """
    calamities = list(single_calamities(region))
    plans = {calamity.slug: book.approved(calamity.slug) for calamity in calamities}
    if missing := [slug for slug, plan in plans.items() if plan is None]:
        raise UitwijkError([f"{slug} has no approved plan; `uitwijk rehearse --approve`" for slug in missing])
    approved = {slug: plan for slug, plan in plans.items() if plan is not None}
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("uitwijk.commands"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    templates.filters |= {"count": count}
    templates.globals |= {"zip": zip}

    def rendered(kind: str, page: object) -> str:
        return templates.get_template(f"runbook-{kind}.md.j2").render(page=page)

    lost = {
        site: LostSite(region, [calamity for calamity in calamities if calamity.sites == (site,)], approved)
        for site in region.sites
    }
    example = lost[next(iter(region.sites))]
    alone = [calamity for calamity in calamities if not calamity.sites]
    return {
        **{f"lost-{site}.md": rendered("lost", page) for site, page in lost.items()},
        "closed-building.md": rendered("closed", ClosedBuildings(region, alone, approved)),
        "false-alarm.md": rendered("false-alarm", example),
        "planned-move.md": rendered("planned-move", example),
    }


@dataclass(frozen=True)
class Typed:
    """A command as it is typed, and the lines by which a person recognises its success."""

    line: str
    says: tuple[str, ...]


class LostSite:
    """What the page of a lost site says.

    Args:
        region: the region.
        calamities: of the site; first alone, then, if it stands in one, with its building.
        plans: the approved plan of each calamity.
    """

    def __init__(self, region: Region, calamities: Sequence[Calamity], plans: Mapping[str, Mapping[str, Any]]) -> None:
        self._region = region
        self.calamities = tuple(calamities)
        self.plans = [plans[calamity.slug] for calamity in calamities]
        (self.site,) = calamities[0].sites
        self.building = next(iter(calamities[-1].buildings), None)
        self._placement = place(region, calamities[-1].situation(region))
        self._before = place(region, NOTHING.situation(region))
        self.other = next(site for site in calamities[0].declared(region).living)

    @property
    def name(self) -> str:
        """The site's, as people write it."""
        return site_name(self.site)

    @property
    def other_name(self) -> str:
        """That of the site that takes over."""
        return site_name(self.other)

    @property
    def appears(self) -> Mapping[str, int]:
        """How many resources the other site's stack creates, by kind; the same with the building and without."""
        (kinds,) = {str(plan["stacks"]): plan["stacks"] for plan in self.plans}.values()
        if set(kinds) != {self.other} or set(kinds[self.other]) != {"create"}:
            raise UitwijkError(f"plans/{self.calamities[0].slug}.yaml: does more than create, which its page rules out")
        return {kind: len(names) for kind, names in kinds[self.other]["create"].items()}

    @property
    def organisations(self) -> Iterator[tuple[str, int, int]]:
        """Each one whose workloads move, with their number and that of their machines."""
        for slug, organisation in self._region.organisations.items():
            moved = [key for key in self._moved if self._region.workloads[key].organisation == slug]
            if moved:
                yield organisation.name, len(moved), self._machines(moved)

    @property
    def classes(self) -> Iterator[tuple[str, int, str, int]]:
        """By class and RTO in hours: the services that move, and how many machines."""
        services = self._region.services
        for recovery_class in RecoveryClass:
            of_class = [key for key in self._moved if self._region.workloads[key].recovery_class is recovery_class]
            for hours in sorted({services[self._region.workloads[key].service].rto_hours for key in of_class}):
                keys = [k for k in of_class if services[self._region.workloads[k].service].rto_hours == hours]
                names = dict.fromkeys(services[self._region.workloads[key].service].name for key in keys)
                yield recovery_class.value, hours, ", ".join(names), self._machines(keys)

    @property
    def rpo_minutes(self) -> int:
        """How old the promoted data may be at most."""
        return max(self._region.services[self._region.workloads[key].service].rpo_minutes or 0 for key in self._moved)

    @property
    def left(self) -> str:
        """The room that the other site still has afterwards."""
        capacity = self._placement.capacity[self.other]
        vcpus, memory = (available - used for used, available in (capacity.vcpus, capacity.memory_gib))
        return f"{vcpus} vCPUs and {memory} GiB; {'a host is' if capacity.spare_host else 'NO host is'} to spare"

    @property
    def steps(self) -> Iterator[tuple[str, str]]:
        """Owner and manual step, of the calamity with the building."""
        for step in self.plans[-1]["manual_steps"]:
            owner, _, what = step.partition(": ")
            yield owner, what

    def way(self, *declarations: tuple[str, str, str]) -> list[list[Typed]]:
        """Declarations (words, who, why) from a normal day on, each followed by what is run until the next one."""
        return way(self._region, declarations, sum(self.appears.values()), self.appears[MACHINES])

    @property
    def _moved(self) -> list[str]:
        before = self._before.workloads
        return [key for key, where in self._placement.workloads.items() if where != before[key]]

    def _machines(self, keys: Sequence[str]) -> int:
        return sum(len(self._region.workloads[key].machines) for key in keys)


class ClosedBuildings:
    """What the page of closed buildings says.

    Args:
        region: the region.
        calamities: each of one building.
        plans: the approved plan of each calamity.
    """

    def __init__(self, region: Region, calamities: Sequence[Calamity], plans: Mapping[str, Mapping[str, Any]]) -> None:
        self._region = region
        self.plans = {calamity.buildings[0]: plans[calamity.slug] for calamity in calamities}
        halls = [building for building in self.plans if not self.housed(building)] or list(self.plans)
        by_seats = sorted(halls, key=lambda building: region.buildings[building].seats)
        self.example = by_seats[-1]
        """The building whose closing is played on the page: the largest without a site."""
        self.host = by_seats[0]
        """One that could take staff."""

    def seats(self, building: str) -> Mapping[str, str]:
        """Where the staff sit, by organisation, as the plan says it."""
        planned: dict[str, str] = self.plans[building].get("seats", {})
        return {self._region.organisations[who].name: seats for who, seats in planned.items()}

    def stopped(self, building: str) -> list[str]:
        """What stops, and why; then how much goes on."""
        names = self._region.processes
        return [
            f"{why} go on" if process == "continue" else f"{names[process].name} ({why})"
            for processes in self.plans[building].get("processes", {}).values()
            for process, why in sorted(processes.items(), key=lambda item: item[0] == "continue")
        ]

    def accepted(self, building: str) -> list[str]:
        """Who accepted that seats are short there."""
        shortfalls = self._region.settings.accepted_shortfalls
        return [f"{s.seats} by the {s.owner}, {s.date}" for s in shortfalls if s.building == building]

    def housed(self, building: str) -> str | None:
        """The site in the building."""
        return self._region.buildings[building].houses

    def steps(self) -> list[tuple[str, str]]:
        """Owner and manual step of all of them, THE BUILDING in place of its name."""
        steps = {
            step.replace(building, "THE BUILDING") for building, p in self.plans.items() for step in p["manual_steps"]
        }
        return [(owner, what) for owner, _, what in (step.partition(": ") for step in sorted(steps))]

    def way(self, *declarations: tuple[str, str, str]) -> list[list[Typed]]:
        """Declarations (words, who, why) from a normal day on, each followed by what is run until the next one."""
        return way(self._region, declarations, 0, 0)


def way(
    region: Region, declarations: Sequence[tuple[str, str, str]], resources: int, machines: int
) -> list[list[Typed]]:
    """Declarations from a normal day on, each followed by what it says to run until the next one.

    Args:
        region: the region.
        declarations: words, who, why.
        resources: what a stack creates or deletes whenever workloads move.
        machines: how many of them are machines.
    """
    situation = NOTHING.situation(region)
    applied = dict.fromkeys(region.sites, situation)
    blocks = []
    for words, by, reason in declarations:
        after = declare(region, situation, parse(words.split(), (), ()), by=by, reason=reason, at=_ANY_TIME)
        said = tuple(line for each in consequences(region, situation, after) for line in _wrapped(each))
        block = [Typed(f"uitwijk declare {_typed(words)} --by {shlex.quote(by)} --reason {shlex.quote(reason)}", said)]
        lines = [command.line for command in next_commands(region, situation, after)]
        for line in takewhile(lambda line: line.startswith("pulumi "), lines):
            site = shlex.split(line)[3]
            counts = _counts(region, applied[site], after, site)
            if counts[0] not in (0, machines) or counts[1] not in (0, machines):
                raise UitwijkError(f"{line}: creates {counts[0]} and deletes {counts[1]} machines, not {machines}")
            preview = "preview" in line
            block.append(Typed(line, tuple(_summary([bool(n) * resources for n in counts], preview=preview))))
            if not preview:
                applied[site] = after
        blocks.append(block)
        situation = after
    return blocks


def _wrapped(consequence: Consequence) -> list[str]:
    """As the command shows it, for paper."""
    indent = " " * 10
    first = f"{consequence.word:<{len(indent)}}"
    return wrap(consequence.sentence, 90, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)


def _typed(words: str) -> str:
    return " ".join(words.split()).replace(" at ", " --at ")


def _counts(region: Region, before: Situation, after: Situation, site: str) -> tuple[int, int]:
    """How many machines a stack creates and deletes."""
    was, now = (_running(region, place(region, situation), site) for situation in (before, after))
    return len(now - was), len(was - now)


def _running(region: Region, placement: Placement, site: str) -> set[str]:
    return {machine.name for key in placement.runs_at(site) for machine in region.workloads[key].machines}


def _summary(counts: Sequence[int], *, preview: bool) -> Iterator[str]:
    """The engine's last lines. It always updates the record of the situation, and that alone."""
    created, deleted = counts
    if created:
        yield f"    + {created} {'to create' if preview else 'created'}"
    yield f"    ~ 1 {'to update' if preview else 'updated'}"
    if deleted:
        yield f"    - {deleted} {'to delete' if preview else 'deleted'}"


def main(folder: str) -> None:
    """Writes the pages of the project around the working folder."""
    workspace = Workspace()
    region, _ = workspace.load()
    for name, text in pages(region, PlanBook(workspace.plans)).items():
        (Path(folder) / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
