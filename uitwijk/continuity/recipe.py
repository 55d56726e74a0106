"""A recipe's contract: what the catalogue must know of a job so that whatever it accepts can be built.

A recipe has two halves. The contract is data: a file a recipe, shipped in `recipes/` beside this module; a region adds
its own in `catalogue/recipes/`. The job is Python: `uitwijk.machines.recipes`, and what a region's components add.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.fields import Amount, Entity, Flag, Port, Slug
from uitwijk.continuity.reading import Problems, read_yaml, validate

MOST_DISKS = 6
"""Data disks of one machine: the controller's seventh place is its own."""


class Kind(StrEnum):
    """Which component builds a service."""

    APPLICATION = "application"
    WORKPLACES = "workplaces"
    TELEPHONY = "telephony"


class Serves(StrEnum):
    """What others rely on without naming the service that gives it."""

    NAMES = "names"
    """It tells its organisation, and whom that serves, every name of the region."""
    TIME = "time"
    """It tells them the time."""
    CALLS = "calls"
    """Telephones log in and ring there: the numbers of one municipality."""
    TRUNKS = "trunks"
    """It carries calls between exchanges and the carrier."""
    SESSIONS = "sessions"
    """Staff work there, wherever they sit."""
    LOGINS = "logins"
    """Staff ask there for a session, and are handed to one."""


class Needs(StrEnum):
    """What else must be in the catalogue for the job to be one."""

    DATA = "data"
    """An earlier role of its service that has a data disk."""
    FOLLOWERS = "followers"
    """A role of its service that waits for it: it hands work to that one's machines."""
    RECORDS = "records"
    """Machines that keep data, among those of earlier roles and of the cold services that its service depends on."""
    TRUNKS = "trunks"
    """A service, named in `depends_on`, that serves trunks."""


class SecretSort(StrEnum):
    """Where a secret comes from."""

    SHARED = "shared"
    """From the encrypted configuration of both stacks: it has to be the same at every site."""
    SITE = "site"
    """Made by each stack, one for all machines of a workload: nobody at another site knows it."""
    NUMBER_BLOCK = "number-block"
    """Made by each stack, one for each number block of the municipality; a job is told it by the block's key."""


class DiskCount(Entity):
    """How many data disks a machine may have."""

    at_least: Amount = 0
    """The fewest."""
    at_most: Annotated[int, Field(ge=0, le=MOST_DISKS, strict=True)] = 0
    """The most."""


class Recipe(Entity):
    """What a job asks of the catalogue, and gives."""

    does: Annotated[str, Field(min_length=1)]
    """What it is, in a sentence."""
    kind: Kind = Kind.APPLICATION
    """The kind of the service that it makes; a recipe for applications has its place in services of every kind."""
    packages: tuple[str, ...] = ()
    """Debian packages, in the order in which they are installed."""
    serves: frozenset[Serves] = frozenset()
    """What others rely on without naming the service."""
    needs: frozenset[Needs] = frozenset()
    """What else must be in the catalogue for the job to be one."""
    port: Port | None = None
    """The only port at which others look for it; left out: any."""
    secrets: Mapping[Slug, SecretSort] = {}
    """What its job is told, by name, and where that comes from."""
    disks: DiskCount = DiskCount()
    """How many data disks its machines may have."""
    public: Flag = False
    """Whether it may stand in a network that the whole internet reaches."""
    standby: Literal["hot", "cold", "either"] = "either"
    """How its service must stand by."""
    prints: Flag = False
    """Whether it prints documents, so that its role must name the station that prints them."""


SHIPPED = Path(__file__).parent / "recipes"
"""The contracts of the recipes that the library brings."""


@cache
def shipped_recipes() -> Mapping[str, Recipe]:
    """The contracts of the recipes that the library brings, by name.

    Raises:
        CatalogueError: one of them does not keep to its form.
    """
    problems = Problems()
    found = {
        file.stem: validate(Recipe, read_yaml(file, file.name, problems), file.name, problems)
        for file in sorted(SHIPPED.glob("*.yaml"))
    }
    if problems.lines:
        raise CatalogueError(problems.lines)
    return found
