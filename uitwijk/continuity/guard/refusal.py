"""What the guard says."""

from __future__ import annotations

from dataclasses import dataclass


def backup(site: str, epoch: int = 0) -> str:
    """What leads out where a state was lost.

    Args:
        site: whose stack.
        epoch: that the stack has applied, as others know; 0: nobody knows of any.
    """
    which = f"the newest backup of epoch {epoch} or later" if epoch else "the newest backup"
    return (
        f"Bring its state back from {which}: `pulumi stack import --stack {site} --file …`, then see `uitwijk check`. "
        f"Never `pulumi stack init`: an empty state would make every machine of {site} a second time"
    )


@dataclass(frozen=True)
class Refusal:
    """One reason why this site's stack must not be previewed or brought up now."""

    row: str
    """The rule, e.g. `peer-holds`."""
    text: str
    """What is wrong, and the command or manual step that resolves it."""
    workloads: frozenset[str] = frozenset()
    """Keys of those that it concerns, which wait; none: it concerns the whole run."""
    disks: frozenset[str] = frozenset()
    """Logical names of data disks that must not be made now."""
