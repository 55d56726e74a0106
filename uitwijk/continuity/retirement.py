"""What left the region, by name and reason: what of it ran is removed, what it kept stays where it lies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from uitwijk.continuity.fields import Count, Day, Entity, Slug


class RetiredDisk(Entity):
    """A data disk that nothing uses any more. Its file is deleted by people, if ever."""

    name: str
    """Logical name."""
    site: Slug
    """The home site, on whose dataset it lies; its replicas lie at the other sites."""
    path: Annotated[str, Field(min_length=1)]
    """Inside the dataset's datastore."""
    size_gib: Count
    """Size in GiB."""


class Retired(Entity):
    """Something that left the region."""

    what: Annotated[str, Field(min_length=1)]
    """A workload (`elmford/counter`), a municipality, a service, or the name of a machine that left the catalogue."""
    at: Day
    """The day on which it was written down."""
    by: str = ""
    """Who decided, by function."""
    reason: str = ""
    """Why."""
    machines: tuple[str, ...] = ()
    """Names of the machines that go with it."""
    disks: tuple[RetiredDisk, ...] = ()
    """What they kept."""
