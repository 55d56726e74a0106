"""What could be read of a catalogue, and a place to note what is wrong between its files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from uitwijk.continuity.catalogue import (
    Building,
    ManualStep,
    Municipality,
    Organisation,
    Partnership,
    Process,
    Service,
    Site,
)
from uitwijk.continuity.reading import Problems
from uitwijk.continuity.recipe import Recipe
from uitwijk.continuity.retirement import Retired
from uitwijk.continuity.settings import Settings


@dataclass(frozen=True, eq=False)
class Described:
    """What the files of a catalogue describe, each mapping by slug and in the catalogue's order."""

    sites: Mapping[str, Site]
    buildings: Mapping[str, Building]
    services: Mapping[str, Service]
    recipes: Mapping[str, Recipe]
    """The library's, then the region's own."""
    processes: Mapping[str, Process]
    municipalities: Mapping[str, Municipality]
    partnerships: Mapping[str, Partnership]
    manual_steps: tuple[ManualStep, ...]
    retired: tuple[Retired, ...]
    """What left the region; `remaining` takes it out of the rest."""

    @cached_property
    def organisations(self) -> Mapping[str, Organisation]:
        """Partnerships, then municipalities: who is depended on comes first."""
        return {**self.partnerships, **self.municipalities}

    def file(self, organisation: str) -> str:
        """The file that describes the organisation."""
        return f"{'partnerships' if organisation in self.partnerships else 'municipalities'}/{organisation}.yaml"


@dataclass(frozen=True, eq=False, kw_only=True)
class Draft(Described):
    """As far as it could be read."""

    settings: Settings | None
    broken: frozenset[str]
    """The files and folders with an entry that could not be read, e.g. `buildings`."""

    @property
    def described(self) -> Mapping[str, Any]:
        """What it describes without the municipalities that are retired, by field of `Described`."""
        gone = {each.what for each in self.retired} & self.municipalities.keys()
        parts = {field.name: getattr(self, field.name) for field in fields(Described)}
        if not gone:
            return parts
        left = {slug: each for slug, each in self.municipalities.items() if slug not in gone}
        partnerships = {
            slug: each.model_copy(update={"members": tuple(member for member in each.members if member not in gone)})
            for slug, each in self.partnerships.items()
        }
        return {**parts, "municipalities": left, "partnerships": partnerships}


Names = Mapping[str, Iterable[str] | None]
"""The names that may stand for a kind of thing; None: nobody knows, for a file cannot be read."""


def names(draft: Draft, listed: Names) -> Names:
    """What the catalogue's files may refer to, by the words of the messages.

    Args:
        listed: the names in each file or folder, those of unreadable entries included.
    """
    sites, buildings, services = listed["sites"], listed["buildings"], listed["services"]
    return {
        "site": sites,
        "building": buildings,
        "site or building": None if sites is None or buildings is None else {*sites, *buildings},
        "municipality": listed["municipalities"],
        "partnership": listed["partnerships"],
        "service": services,
        "process": listed["processes"],
        "recipe": draft.recipes if "recipes" not in draft.broken else None,
        "shared service": {slug for slug, service in draft.services.items() if service.tenancy == "shared"}
        if "services" not in draft.broken
        else None,
        "service/role": {f"{slug}/{role}" for slug, service in draft.services.items() for role in service.roles}
        if "services" not in draft.broken
        else None,
        "station of a building": {station for building in draft.buildings.values() for station in building.stations}
        if "buildings" not in draft.broken
        else None,
    }


class Findings:
    """Notes what is wrong, each with file, path to the value and what is allowed."""

    def __init__(self, folder: str, problems: Problems, names: Names) -> None:
        self._folder = folder
        self._problems = problems
        self._names = names
        self.unresolved = bool(problems.lines)
        """Whether something is missing without which the region cannot be put together."""

    def add(self, file: str, path: str, what: str) -> None:
        """Notes that the value at `path` of `file` is wrong."""
        self._problems.add(f"{self._folder}/{file}: {path}", what)

    def known(self, file: str, path: str, names: Iterable[str], what: str) -> None:
        """Notes every one of `names` that the catalogue does not have as a `what`."""
        allowed = self._names[what]
        if allowed is not None:
            self.among(file, path, names, allowed, what)

    def among(self, file: str, path: str, names: Iterable[str], allowed: Iterable[str], what: str) -> None:
        """Notes every one of `names` that is not `allowed`."""
        for name in sorted(set(names) - set(allowed)):
            self.unresolved = True
            self.add(file, path, f"{name} is no {what}; there are: {', '.join(sorted(allowed)) or 'none'}")

    def once(self, file: str, path: str, names: Iterable[object]) -> None:
        """Notes every one of `names` that is repeated."""
        for name, times in Counter(names).items():
            if times > 1:
                self.add(file, path, f"{name} stands {times} times; once is allowed")
