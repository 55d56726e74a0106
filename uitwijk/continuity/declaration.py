"""Declarations: the checked steps from one situation to the next."""

from __future__ import annotations

import datetime
import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.fields import MOST, Line
from uitwijk.continuity.placement import place
from uitwijk.continuity.reading import Problems, validate
from uitwijk.continuity.region import Region
from uitwijk.continuity.seats import seats_ordered
from uitwijk.continuity.situation import (
    ClosedBuilding,
    LogEntry,
    Overridable,
    SiteState,
    Situation,
    check_situation,
)
from uitwijk.wording import up_command


@dataclass(frozen=True)
class Change:
    """One thing that a person declares: `lost north`, `closed north-office`, `promoted north` at a site …"""

    verb: str
    object: str
    at: str | None = None
    """The site of a promotion."""
    staff_to: dict[str, int] = field(default_factory=dict)
    """Of a closed building: seats by building that the duty officer orders."""

    def __str__(self) -> str:
        return f"{self.verb} {self.object}" + (f" at {self.at}" if self.at else "")


_KINDS = {
    **dict.fromkeys(("lost", "drained", "normal"), "site"),
    **dict.fromkeys(("closed", "opened"), "building"),
    "promoted": "dataset",
    "override": "row of the guard that can be overridden",
}
VERBS = tuple(_KINDS)
"""What can be declared, each followed by what it is about."""


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
    _once(changes, problems)
    for change in changes:
        _apply(region, situation, content, change, problems)
    for dataset, site in content["data"].items():
        if site != situation.data[dataset] and content["sites"][site] is SiteState.LOST:
            problems.add(f"declare promoted {dataset}", f"{site} is declared lost; nothing can be writable there")
    for label, value in (("--by", by), ("--reason", reason)):
        if not value.strip():
            problems.add("declare", f"{label} is empty; the log needs it")
        else:
            validate(Line, value, f"declare {label}", problems)
    if situation.epoch == MOST:
        problems.add(
            "declare", f"no epoch follows {MOST}; the file's epoch is a slip: take the file before it from git"
        )
    if problems.lines:
        raise SituationError(problems.lines)
    closed = content["closed_buildings"]
    entry = LogEntry(
        epoch=situation.epoch + 1, at=at, by=by, change=", ".join(str(change) for change in changes), reason=reason
    )
    following = situation.model_copy(
        update={
            **content,
            "closed_buildings": {building: closed[building] for building in region.buildings if building in closed},
            "epoch": situation.epoch + 1,
            "log": (*situation.log, entry),
        }
    )
    check_situation(following, region, "declare", problems)
    if not problems.lines:
        _sent(region, situation, following, problems)
    _released(region, situation, following, problems)
    if problems.lines:
        raise SituationError(problems.lines)
    return following


@dataclass(frozen=True)
class Command:
    """Something to run after a declaration."""

    line: str
    """As it is typed."""
    once: str = ""
    """What a person must have done before; empty: nothing."""


def next_commands(region: Region, before: Situation, after: Situation) -> tuple[Command, ...]:
    """What to run after a declaration, in order; at its end every living site's stack is at the newest epoch.

    Who holds stale copies or gives workloads away comes first (the guard refuses a taker before that), then promotions,
    then the takers. A promotion is an epoch of its own, so that whoever came first is brought up once more.
    """
    previous, wanted = (place(region, situation).workloads for situation in (before, after))
    runs = {(region.workloads[key].home, site) for key, site in wanted.items() if site is not None}
    promotions = sorted((home, site) for home, site in runs if after.data[home] != site)
    holders = {
        *(site for site, state in after.sites.items() if state is SiteState.DRAINED),
        *(site for key, site in previous.items() if site is not None and wanted[key] != site),
        *(was.data[home] for home, site in runs for was in (before, after) if was.data[home] != site),
    }
    takers = {
        *(site for key, site in wanted.items() if site is not None and previous[key] != site),
        *(site for home, site in runs if home != site or before.data[home] != site),
    }
    first = sorted(holders & set(after.living), key=lambda site: (after.sites[site] is not SiteState.DRAINED, site))
    return (
        *(Command(up_command(site)) for site in first),
        *(
            Command(_promote(after, *promotion), once="the storage administrator promoted the replica")
            for promotion in promotions
        ),
        *(command for site in after.living if site not in first for command in _bring_up(site, site in takers)),
        *(command for site in first if promotions for command in _bring_up(site, site in takers)),
    )


def _promote(situation: Situation, dataset: str, site: str) -> str:
    by, reason = (situation.log[-1].by, situation.log[-1].reason) if situation.log else ("…", "…")
    return f"uitwijk declare promoted {dataset} --at {site} --by {shlex.quote(by)} --reason {shlex.quote(reason)}"


def _bring_up(site: str, takes: bool) -> list[Command]:
    preview = [Command(f"pulumi preview --stack {site}")] if takes else []
    return [*preview, Command(up_command(site))]


def _once(changes: Sequence[Change], problems: Problems) -> None:
    subjects = Counter((_KINDS.get(change.verb, change.verb), change.object) for change in changes)
    for (_, thing), times in subjects.items():
        if times > 1:
            problems.add("declare", f"{thing} is declared {times} times in one call; say once what holds now")


def _apply(region: Region, before: Situation, content: dict[str, Any], change: Change, problems: Problems) -> None:
    known: dict[str, Sequence[str]] = {
        "site": tuple(region.sites),
        "building": tuple(region.buildings),
        "dataset": tuple(region.sites),
        "row of the guard that can be overridden": get_args(Overridable),
    }
    kind = _KINDS.get(change.verb)
    if kind is None:
        problems.add(f"declare {change}", f"{change.verb} cannot be declared; say one of {', '.join(VERBS)}")
    elif change.object not in known[kind]:
        problems.add(f"declare {change}", f"{change.object} is no {kind}; there are: {', '.join(sorted(known[kind]))}")
    elif kind == "site":
        _site(before, content, change, problems)
    elif kind == "building":
        _building(content, change, problems)
    elif kind == "dataset":
        _promotion(region, content, change, problems)
    else:
        content["override"] = (*content["override"], change.object)


def _released(region: Region, before: Situation, after: Situation, problems: Problems) -> None:
    """A dataset stays where a site works on it. Only what was given away, or is lost, is promoted elsewhere."""
    moved = {dataset: site for dataset, site in before.data.items() if after.data[dataset] != site}
    placed = place(region, after).workloads if moved else {}
    for dataset, site in moved.items():
        working = [key for key, where in placed.items() if where == site and region.workloads[key].home == dataset]
        if working:
            given_away = f"drained {site}" if site == dataset else f"normal {dataset}"
            problems.add(
                f"declare promoted {dataset} at {after.data[dataset]}",
                f"{len(working)} workloads work on it at {site}, which is {after.sites[site]}. Have them given away "
                f"first: `uitwijk declare {given_away} --by … --reason …`, `{up_command(site)}`",
            )


def _sent(region: Region, before: Situation, after: Situation, problems: Problems) -> None:
    """Refuses orders that cannot be followed: nobody finds out at the door that there are fewer seats."""
    were, are = (seats_ordered(region, situation) for situation in (before, after))
    for (building, target), (ordered, given) in are.items():
        if given < ordered and were.get((building, target)) != (ordered, given):
            staff = sum(who.seats for slug, who in region.organisations.items() if region.building_of(slug) == building)
            what = f"of the {staff} people of {building}, {given} can sit there" if given else "no seat is free there"
            problems.add(f"declare closed {building}", f"--staff-to {target}={ordered}: {what}")


def _building(content: dict[str, Any], change: Change, problems: Problems) -> None:
    closed: dict[str, ClosedBuilding] = content["closed_buildings"]
    building, was = change.object, closed.get(change.object)
    if change.verb == "opened":
        if closed.pop(building, None) is None:
            problems.add(f"declare {change}", f"{building} is not closed")
        return
    try:
        closed[building] = ClosedBuilding(staff_to=change.staff_to)
    except ValueError:
        wrong = ", ".join(f"{target}={seats}" for target, seats in change.staff_to.items())
        problems.add(f"declare {change}", f"--staff-to {wrong}: seats are whole numbers, 1 or more")
        return
    if was == closed[building]:
        problems.add(f"declare {change}", f"{building} is closed already")


def _site(before: Situation, content: dict[str, Any], change: Change, problems: Problems) -> None:
    site, state = change.object, SiteState(change.verb)
    if before.sites[site] is state:
        problems.add(f"declare {change}", f"{site} is {state} already")
    if before.sites[site] is SiteState.LOST and state is SiteState.NORMAL and before.data[site] != site:
        problems.add(
            f"declare {change}",
            f"{site} was lost and its dataset is writable at {before.data[site]}: it comes back as drained first. "
            f"`uitwijk declare drained {site} --by … --reason …`, then `{up_command(site)}`",
        )
    content["sites"][site] = state


def _promotion(region: Region, content: dict[str, Any], change: Change, problems: Problems) -> None:
    if change.at is None:
        problems.add(f"declare {change}", "at which site is the dataset writable now? Say --at SITE")
    elif change.at not in region.sites:
        problems.add(f"declare {change}", f"{change.at} is no site; there are: {', '.join(sorted(region.sites))}")
    elif content["data"][change.object] == change.at:
        problems.add(f"declare {change}", f"dataset {change.object} is writable at {change.at} already")
    else:
        content["data"][change.object] = change.at
