"""What was observed before a stack is previewed or brought up: the guard's input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HeldDisk:
    """A data disk as a stack's state holds it."""

    urn: str
    datastore: str
    path: str
    """Inside the datastore."""
    size: int
    """In GiB."""
    protected: bool
    """Whether the engine refuses to let go of it."""


@dataclass(frozen=True)
class StackFacts:
    """What a stack's actual state says, not what it claims in its outputs."""

    site: str
    readable: bool
    why: str = ""
    """Why it is not readable, in one line."""
    epoch: int | None = None
    """Of the situation last applied; None: never applied."""
    digest: str | None = None
    """Of that situation's content."""
    machines: frozenset[str] = frozenset()
    """Logical names of its machines, those of pending operations included."""
    disks: Mapping[str, int] = field(default_factory=dict)
    """Sizes of its data disks in GiB, as last applied, by logical name."""
    held: Mapping[str, HeldDisk] = field(default_factory=dict)
    """The same disks as the state holds them, by logical name."""
    remembered: Mapping[str, int] = field(default_factory=dict)
    """Sizes in GiB of the data disks that were ever made by it, by logical name. No refresh takes one away."""
    seen: Mapping[str, int] = field(default_factory=dict)
    """The newest epoch that it saw applied by the stack of each other site, when it last applied a new one itself."""
    waiting: Mapping[str, str] = field(default_factory=dict)
    """Why each workload waited that did in its last run."""


@dataclass(frozen=True)
class VCenterFacts:
    """What stands in this site's vCenter, as far as a run depends on it. What could not be read is not there."""

    machines: frozenset[str] = frozenset()
    """Names of all machines, whoever made them; templates left out."""
    snapped: frozenset[str] = frozenset()
    """Those of them that have a snapshot."""
    unwritable: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By replicated datastore: what keeps a host that is in use from writing on it, as in `read-only`."""
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By replicated datastore: paths of the disks on it, and of their parts; a datastore that is not here is unread."""


@dataclass(frozen=True)
class Facts:
    """What was observed before this site's stack is previewed or brought up."""

    site: str
    own: StackFacts
    peers: Mapping[str, StackFacts]
    """Every other site that is not declared lost; a lost one is never asked."""
    vcenter_problem: str | None
    """Why this site's vCenter does not answer; None: it does."""
    vcenter: VCenterFacts = field(default_factory=VCenterFacts)
    """What stands in it."""
