"""Declarations: the checked steps from one situation to the next."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from continuity.errors import SituationError
from continuity.placement import place
from continuity.reading import Problems
from continuity.region import Region
from continuity.situation import (
    ClosedBuilding,
    LogEntry,
    Overridable,
    Situation,
    SiteState,
    check_situation,
)


@dataclass(frozen=True)
class Change:
    """One thing that a person declares: `lost bolsward`, `closed iszf-office`, `promoted bolsward` at a site …"""

    verb: str
    object: str
    at: str | None = None
    """The site of a promotion."""
    staff_to: dict[str, int] = field(default_factory=dict)
    """Of a closed building: seats by building that the duty officer orders."""

    def __str__(self) -> str:
        return f"{self.verb} {self.object}" + (f" at {self.at}" if self.at else "")


VERBS = ("lost", "drained", "normal", "closed", "opened", "promoted", "override")


def declare(
    region: Region,
    situation: Situation,
    changes: Sequence[Change],
    *,
    by: str,
    reason: str,
    at: datetime.datetime,
) -> Situation:
    """The next situation: all `changes` at once are one epoch; overrides of the last epoch end.

    Raises:
        SituationError: with everything that is not legal; then nothing is declared.
    """
    problems = Problems()
    content: dict[str, Any] = {
        "sites": dict(situation.sites),
        "data": dict(situation.data),
        "closed_buildings": dict(situation.closed_buildings),
        "override": (),
    }
    if not changes:
        problems.add("declare", f"nothing to declare; say one of {', '.join(VERBS)}")
    for change in changes:
        _apply(region, situation, content, change, problems)
    for label, value in (("--by", by), ("--reason", reason)):
        if not value.strip():
            problems.add("declare", f"{label} is empty; the log needs it")
    if problems.lines:
        raise SituationError(problems.lines)
    entry = LogEntry(
        epoch=situation.epoch + 1, at=at, by=by, change=", ".join(str(change) for change in changes), reason=reason
    )
    following = situation.model_copy(
        update={**content, "epoch": situation.epoch + 1, "hypothetical": False, "log": (*situation.log, entry)}
    )
    check_situation(following, region, "declare", problems)
    if problems.lines:
        raise SituationError(problems.lines)
    return following


def next_commands(region: Region, before: Situation, after: Situation) -> tuple[str, ...]:
    """What to run after a declaration, in order: promotions first, then who gives workloads away, then who takes them."""
    placement, previous = place(region, after), place(region, before)
    promotions = {
        (region.workloads[key].home, where)
        for key, where in placement.workloads.items()
        if where is not None and after.data[region.workloads[key].home] != where
    }
    giving = {
        where
        for key, where in previous.workloads.items()
        if where is not None and placement.workloads[key] != where and after.reachable(where)
    }
    returned = {site for site in after.living if not before.reachable(site)}
    first = [site for site in after.living if site in giving | returned]
    rest = [site for site in after.living if site not in first]
    commands = [f"pulumi up --stack {site}" for site in first]
    commands += [
        f"uitwijk declare promoted {dataset} --at {site} --by … --reason …   (after the storage administrator promoted it)"
        for dataset, site in sorted(promotions)
    ]
    taking = [site for site in after.living if any(site == where for _, where in promotions)]
    again = [site for site in first if site in taking]
    for site in [*rest, *again]:
        commands += [f"pulumi preview --stack {site}", f"pulumi up --continue-on-error --stack {site}"]
    return tuple(commands)


def _apply(region: Region, before: Situation, content: dict[str, Any], change: Change, problems: Problems) -> None:
    place_of_error = f"declare {change}"
    known: dict[str, Sequence[str]] = {
        **dict.fromkeys(("lost", "drained", "normal"), tuple(region.sites)),
        **dict.fromkeys(("closed", "opened"), tuple(region.buildings)),
        "promoted": tuple(region.sites),
        "override": get_args(Overridable),
    }
    if change.verb not in known:
        problems.add(place_of_error, f"{change.verb} cannot be declared; say one of {', '.join(VERBS)}")
        return
    if change.object not in known[change.verb]:
        what = {"promoted": "dataset", "override": "row that can be overridden"}.get(
            change.verb, "building" if change.verb in ("closed", "opened") else "site"
        )
        problems.add(place_of_error, f"{change.object} is no {what}; there are: {', '.join(sorted(known[change.verb]))}")
        return
    if change.verb in ("lost", "drained", "normal"):
        _site(before, content, change, problems)
    elif change.verb == "closed":
        content["closed_buildings"][change.object] = ClosedBuilding(staff_to=change.staff_to)
    elif change.verb == "opened":
        if content["closed_buildings"].pop(change.object, None) is None:
            problems.add(place_of_error, f"{change.object} is not closed")
    elif change.verb == "promoted":
        _promotion(region, content, change, problems)
    else:
        content["override"] = (*content["override"], change.object)


def _site(before: Situation, content: dict[str, Any], change: Change, problems: Problems) -> None:
    site, state = change.object, SiteState(change.verb)
    if before.sites[site] is state:
        problems.add(f"declare {change}", f"{site} is {state} already")
    if before.sites[site] is SiteState.LOST and state is SiteState.NORMAL and before.data[site] != site:
        problems.add(
            f"declare {change}",
            f"{site} was lost and its dataset is writable at {before.data[site]}: it comes back as drained first. "
            f"`uitwijk declare drained {site} --by … --reason …`, then `pulumi up --stack {site}`",
        )
    content["sites"][site] = state


def _promotion(region: Region, content: dict[str, Any], change: Change, problems: Problems) -> None:
    if change.at is None:
        problems.add(f"declare {change}", "at which site is the dataset writable now? Say --at SITE")
    elif change.at not in region.sites:
        problems.add(f"declare {change}", f"{change.at} is no site; there are: {', '.join(sorted(region.sites))}")
    elif content["sites"][change.at] is SiteState.LOST:
        problems.add(f"declare {change}", f"{change.at} is declared lost; nothing can be writable there")
    elif content["data"][change.object] == change.at:
        problems.add(f"declare {change}", f"dataset {change.object} is writable at {change.at} already")
    else:
        content["data"][change.object] = change.at
