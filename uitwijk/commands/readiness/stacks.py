"""Whether each stack can be read, was brought up with what is declared, and is free for the next run."""

from __future__ import annotations

from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.readings import StackReading
from uitwijk.wording import shortened, up_command

_WAIT = "wait for that run to end"
_RISK = "To cancel a run that lives lets two write over each other's state, and machines run that no state knows"


def stack_line(situation: Situation, reading: StackReading) -> Line:
    """Whether the stack can be read, and has applied this situation completely."""
    subject, facts, site = f"stack {reading.site}", reading.facts, reading.site
    if reading.state_problem:
        problem = reading.state_problem
        if problem.absent:
            return not_checked(subject, problem.why, problem.remedy)
        return fail(subject, f"its state cannot be read: {problem.why}", problem.remedy)
    if not facts.readable:
        return fail(subject, f"its state cannot be read: {facts.why}", f"see `pulumi stack export --stack {site}`")
    if reading.pending:
        unfinished = f"unfinished: {shortened(list(reading.pending))}"
        if any(lock.alive is not False for lock in reading.locks):
            return attention(subject, f"an update is under way; {unfinished}", f"see lock {site}")
        return fail(subject, f"an update was interrupted; {unfinished}", _way_out(reading))
    up = f"`{up_command(site)}`"
    if facts.epoch is None:
        return attention(subject, "was never brought up", up)
    if facts.epoch > situation.epoch:
        return fail(
            subject,
            f"has applied epoch {facts.epoch}, the situation here is only epoch {situation.epoch}",
            "get the newest situation.yaml (git pull)",
        )
    if facts.epoch == situation.epoch and facts.digest != situation.digest:
        return fail(
            subject,
            f"has applied another situation with the same epoch {facts.epoch}: two copies were changed at once",
            "agree on one, then declare it anew",
        )
    if facts.epoch < situation.epoch:
        return attention(subject, f"is at epoch {facts.epoch}, the situation at epoch {situation.epoch}", up)
    return ok(subject, f"epoch {facts.epoch}, {len(facts.machines)} machines, nothing pending")


def lock_lines(reading: StackReading) -> Iterator[Line]:
    """Who keeps others off the stack, and what to do about it; nothing, if nobody does."""
    subject = f"lock {reading.site}"
    for lock in reading.locks:
        held = f"held since {lock.since:%Y-%m-%d %H:%M:%S} UTC by {lock.owner}, process {lock.pid}"
        if lock.alive:
            yield attention(subject, f"{held}, which is at work: no other run can change the stack", _WAIT)
        elif lock.alive is None:
            remedy = f"{_WAIT}. Only if it is dead for certain: {_way_out(reading)}. {_RISK}"
            yield attention(subject, f"{held}; whether that still runs cannot be seen from this machine", remedy)
        else:
            yield fail(subject, f"{held}, which is dead: its run was broken off", f"{_way_out(reading)}. {_RISK}")


def release_lines(region: Region, placement: Placement, reading: StackReading) -> Iterator[Line]:
    """Whether the stack gave away all that the situation takes from the site; nothing, if it did or is yet to do so."""
    facts, site = reading.facts, reading.site
    if reading.pending or facts.epoch != placement.epoch:
        return
    held = {name: region.workloads[region.machines[name].workload] for name in facts.machines & region.machines.keys()}
    left = sorted(name for name, w in held.items() if not w.hot and placement.workloads[w.key] != site)
    if left:
        yield fail(
            f"release {site}",
            f"stack {site} still holds {len(left)} machines that are placed elsewhere: {shortened(left)}. Its last run "
            "failed, and no other site takes them before they are gone",
            _way_out(reading),
        )


def _way_out(reading: StackReading) -> str:
    """What finishes a run that failed or was broken off. What the vCenter did since, the state may not know."""
    stack = f"--stack {reading.site}"
    half_made = sorted(name for name, operation in reading.pending.items() if operation == "creating")
    steps = [f"`pulumi cancel {stack}`"] if reading.locks else []
    if half_made:
        steps += [
            f"in the vCenter, switch off what there is of {', '.join(half_made)} and remove it from the inventory "
            "(never from disk: its data disks would go, too)",
            f"`pulumi refresh --clear-pending-creates {stack}`",
        ]
    else:
        steps += [f"`pulumi refresh {stack}`"]
    return ", then ".join([*steps, f"`{up_command(reading.site)}`"])
