"""Whether each stack can be read, was brought up with what is declared, and is free for the next run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.continuity import place
from uitwijk.continuity.facts import Facts, VCenterFacts
from uitwijk.continuity.guard import backup, judge, worked_in
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.wording import count, shortened, up_command

_WAIT = "wait for that run to end"
_RISK = "To cancel a run that lives lets two write over each other's state, and machines run that no state knows"


def stack_line(situation: Situation, reading: StackReading, worked: str = "", seen: int = 0) -> Line:
    """Whether the stack can be read, and has applied this situation completely.

    Args:
        situation: what is declared.
        reading: of the stack.
        worked: what shows that it was brought up once; empty: nothing does.
        seen: the newest epoch at which another stack saw it; 0: none did.
    """
    subject, facts, site = f"stack {reading.site}", reading.facts, reading.site
    if reading.state_problem:
        problem = reading.state_problem
        if problem.uninitialised and worked:
            return fail(subject, f"its state was lost: {problem.why}, but {worked}", backup(site, seen))
        if problem.absent:
            return not_checked(subject, problem.why, problem.remedy)
        return fail(subject, f"its state cannot be read: {problem.why}", problem.remedy)
    if not facts.readable:
        return fail(subject, f"its state cannot be read: {facts.why}", f"see `pulumi stack export --stack {site}`")
    if reading.pending:
        unfinished = f"unfinished: {shortened(list(reading.pending))}"
        if any(lock.alive is not False for lock in reading.locks):
            return attention(subject, f"an update is under way; {unfinished}", f"see lock {site}")
        return fail(subject, f"an update was interrupted; {unfinished}", _way_out(site))
    up = f"`{up_command(site)}`"
    if facts.epoch is None and worked:
        why = f"its state was lost: it looks as if never brought up, but {worked}"
        return fail(subject, why, backup(site, seen))
    if facts.epoch is None:
        return attention(subject, "was never brought up", up)
    if facts.epoch < seen:
        why = f"its state is an old copy: it is at epoch {facts.epoch}, and another stack saw it at epoch {seen}"
        return fail(subject, why, backup(site, seen))
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


def worked(
    region: Region, situation: Situation, site: str, readings: Mapping[str, StackReading], inventory: Inventory | None
) -> str:
    """What shows that the stack of `site` was brought up once, whatever its state says; empty: nothing does."""
    standing = region.machines.keys() & inventory.by_name.keys() if inventory else set()
    if standing:
        return f"{len(standing)} machines of the region stand in its vCenter"
    if epoch := seen_at(site, readings):
        return f"another stack saw it at epoch {epoch}"
    placement = place(region, situation)
    if any(where == site != region.workloads[key].home for key, where in placement.workloads.items()):
        return ""  # the log may tell of what is declared and not brought up yet
    epoch = worked_in(region, situation, site)
    return f"the situation's log gave it work in epoch {epoch}" if epoch else ""


def seen_at(site: str, readings: Mapping[str, StackReading]) -> int:
    """The newest epoch at which another stack saw that of `site`; 0: none did."""
    return max((reading.facts.seen.get(site, 0) for other, reading in readings.items() if other != site), default=0)


def waiting_lines(
    region: Region,
    situation: Situation,
    readings: Mapping[str, StackReading],
    vcenters: Mapping[str, VCenterFacts],
) -> Iterator[Line]:
    """What waited in the last run of each stack, and what it waits for now; nothing, if nothing did.

    Args:
        region: the region.
        situation: what is declared.
        readings: of the stacks, by site.
        vcenters: what stands at the sites whose vCenter could be read.
    """
    placement = place(region, situation)
    for site, reading in readings.items():
        waiting = reading.facts.waiting
        if not waiting:
            continue
        peers = {other: each.facts for other, each in readings.items() if other != site}
        facts = Facts(site, reading.facts, peers, None, vcenters.get(site, VCenterFacts()))
        found = judge(region, situation, placement, facts)
        reasons = [refusal.text for refusal in found if not refusal.workloads or refusal.workloads & waiting.keys()]
        yield fail(
            f"waiting {site}",
            f"{count(len(waiting), 'workload')} waited in the last run of stack {site}: "
            + shortened(f"{key} ({why})" for key, why in waiting.items()),
            ". Then ".join([*reasons, f"`{up_command(site)}`"]),
        )


def left_lines(region: Region, reading: StackReading) -> Iterator[Line]:
    """What the stack holds and neither the catalogue nor what is retired knows; nothing, if it holds none of that."""
    facts, site = reading.facts, reading.site
    known = {f"{machine.name}-{disk}" for machine in region.machines.values() for disk in machine.disks}
    machines = sorted(facts.machines - region.machines.keys() - region.left_machines)
    disks = sorted(facts.disks.keys() - known - region.left_disks.keys())
    alone = [disk for disk in disks if not any(disk.startswith(f"{machine}-") for machine in machines)]
    if machines or disks:
        yield fail(
            f"left {site}",
            f"{count(len(machines), 'machine')} and {count(len(disks), 'data disk')} of stack {site} are in the "
            f"catalogue no more, and catalogue/retired.yaml does not say so: {shortened([*machines, *disks])}",
            f"put back what the catalogue had, or `uitwijk retire {' '.join([*machines, *alone])}`, then "
            f"`{up_command(site)}`",
        )


def lock_lines(reading: StackReading) -> Iterator[Line]:
    """Who keeps others off the stack, and what to do about it; nothing, if nobody does."""
    site = reading.site
    for lock in reading.locks:
        held = f"held since {lock.since:%Y-%m-%d %H:%M:%S} UTC by {lock.owner}, process {lock.pid}"
        if lock.alive:
            yield attention(f"lock {site}", f"{held}, which is at work: no other run can change the stack", _WAIT)
        elif lock.alive is None:
            remedy = (
                f"{_WAIT}. Only if it is dead for certain, and somebody says so by name: `uitwijk recover {site} "
                f"--owner-is-dead NAME`, then `{up_command(site)}`. {_RISK}"
            )
            why = f"{held}; whether that still runs cannot be seen from this machine"
            yield attention(f"lock {site}", why, remedy)
        else:
            yield fail(f"lock {site}", f"{held}, which is dead: its run was broken off", _way_out(site))


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
            _way_out(site),
        )


def _way_out(site: str) -> str:
    """What finishes a run that failed or was broken off. What the vCenter did since, the state may not know."""
    return f"`uitwijk recover {site}`, then `{up_command(site)}`"
