"""The situation: what is lost, drained or closed now, and where each dataset is writable. One file, one epoch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict

from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.fields import Count, Entity, Flag, Line, Moment, Slug
from uitwijk.continuity.reading import Problems, read_yaml, validate
from uitwijk.continuity.region import Region

_CUT_OFF = "a file that was cut off, or copied in part, looks so; take it from git, or state what holds"
_STATED = ("epoch", "sites", "data")
Overridable = Literal["peer-holds", "peer-unreadable"]


class SiteState(StrEnum):
    """What may be expected of a site."""

    NORMAL = "normal"
    """Reachable; runs its own workloads."""
    LOST = "lost"
    """Unreachable, or to be treated so; everything of it is taken over."""
    DRAINED = "drained"
    """Reachable; runs its hot machines, holds no cold workload."""


class ClosedBuilding(Entity):
    """A building where nobody can work."""

    staff_to: Mapping[Slug, Count] = {}
    """Seats that its staff take by order of the duty officer, by building; the rest is relocated by the rules."""


class LogEntry(Entity):
    """One declaration: who changed what, when and why."""

    epoch: Count
    """The one that began with it."""
    at: Moment
    """When, with a time zone."""
    by: Line
    """Who declared, by function."""
    change: Line
    """What, in the words of the command."""
    reason: Line
    """Why."""


def _stated(schema: dict[str, Any]) -> None:
    schema["required"] = [*_STATED, "log"]


class Situation(Entity):
    """What is lost or closed now; both stacks read the same. A file states all of it, so that one cut off is seen."""

    model_config = ConfigDict(json_schema_extra=_stated)

    epoch: Count
    """Grows by one with every declaration; undoing one is a new epoch."""
    sites: Mapping[Slug, SiteState]
    """What may be expected of each site."""
    data: Mapping[Slug, Slug]
    """The site at which each home site's dataset is writable."""
    closed_buildings: Mapping[Slug, ClosedBuilding] = {}
    """Where nobody can work, and where the staff go."""
    override: tuple[Overridable, ...] = ()
    """Rows of the guard that this epoch lifts."""
    hypothetical: Flag = False
    """True: may be previewed, never applied."""
    log: tuple[LogEntry, ...] = ()
    """Newest last; may be truncated at its beginning, to an empty list even. In a file it must be stated."""

    @property
    def digest(self) -> str:
        """Identifies the content (sites, data, closed buildings): 16 hexadecimal digits of its SHA-256."""
        content = self.model_dump(mode="json", include={"sites", "data", "closed_buildings"})
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def living(self) -> tuple[str, ...]:
        """The sites that are not lost: hot machines serve there."""
        return tuple(site for site, state in self.sites.items() if state is not SiteState.LOST)

    def reachable(self, site: str) -> bool:
        """Whether `site` may be asked anything at all."""
        return self.sites[site] is not SiteState.LOST


def load_situation(path: str | Path, region: Region) -> Situation:
    """The situation in the YAML file `path`, checked against the region.

    Raises:
        SituationError: with every problem, each naming file, path to the value and what is allowed.
    """
    file = Path(path)
    problems = Problems()
    # Where to look for it is the whole question when it is not there.
    content = read_yaml(file, file.name if file.exists() else str(file), problems)
    if content is None:
        raise SituationError(problems.lines)
    if isinstance(content, dict):
        # It stands last, and says so itself (`[]`) where nobody needs it any more: what was cut off has none.
        for key in (key for key in (*_STATED, "log") if key not in content):
            problems.add(f"{file.name}: {key}", f"is missing: {_CUT_OFF}")
    situation: Situation | None = None if problems.lines else validate(Situation, content, file.name, problems)
    if situation is not None:
        check_situation(situation, region, file.name, problems)
    if problems.lines or situation is None:
        raise SituationError(problems.lines)
    # Catalogue order, so that the same content gives the same placement however it was written down.
    return situation.model_copy(
        update={
            "sites": {site: situation.sites[site] for site in region.sites},
            "data": {site: situation.data[site] for site in region.sites},
            "closed_buildings": {
                building: situation.closed_buildings[building]
                for building in region.buildings
                if building in situation.closed_buildings
            },
        }
    )


def check_situation(situation: Situation, region: Region, place: str, problems: Problems) -> None:
    """Adds to `problems` what the situation says that the region does not know."""

    def known(path: str, names: object, allowed: Mapping[str, object], what: str) -> None:
        for name in sorted(set(names) - set(allowed)):  # type: ignore[call-overload]
            problems.add(f"{place}: {path}", f"{name} is no {what}; there are: {', '.join(sorted(allowed))}")

    known("sites", situation.sites, region.sites, "site")
    known("data", situation.data, region.sites, "site's dataset")
    known("closed_buildings", situation.closed_buildings, region.buildings, "building")
    for path, stated in (("sites", situation.sites), ("data", situation.data)):
        for site in sorted(set(region.sites) - set(stated)):
            problems.add(f"{place}: {path}.{site}", "is missing")
    for dataset, site in situation.data.items():
        known(f"data.{dataset}", [site], region.sites, "site")
    for building, closed in situation.closed_buildings.items():
        path = f"closed_buildings.{building}.staff_to"
        known(path, closed.staff_to, region.buildings, "building")
        for target in sorted(set(closed.staff_to) & set(situation.closed_buildings)):
            problems.add(f"{place}: {path}.{target}", "is closed itself")
        for target, seats in closed.staff_to.items():
            if target in region.buildings and seats > region.buildings[target].seats:
                what = f"{seats} is too large; {target} has {region.buildings[target].seats} seats in all"
                problems.add(f"{place}: {path}.{target}", what)
    if situation.log and situation.log[-1].epoch != situation.epoch:
        problems.add(
            f"{place}: log",
            f"its last entry has epoch {situation.log[-1].epoch}, but the situation has epoch {situation.epoch}",
        )
    epochs = [entry.epoch for entry in situation.log]
    if epochs != sorted(set(epochs)):
        problems.add(f"{place}: log", "epochs do not grow from entry to entry")
