"""Whether each data disk is where its data is writable, and its replica at the other sites, no older than it may be."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from uitwijk.commands.readiness.line import Line, attention, fail, not_checked, ok
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.observe.data_disks import read_data_disks
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.wording import about, count, shortened, up_command

CLOCKS_SECONDS = 60
"""By which the clocks of two sites may differ, which time servers keep far closer together."""
Disks = Mapping[str, Mapping[str, datetime.datetime]]
"""When each disk was last written, by datastore and path."""


def read_disks(region: Region, readings: Mapping[str, StackReading]) -> dict[str, Disks | str]:
    """What the vCenters tell of the replicated datastores, or why they do not; all at once."""
    known = {site: reading.vcenter for site, reading in readings.items() if reading.vcenter is not None}
    names = [dataset_datastore(home) for home in region.sites]

    def read(site: str) -> Disks | str:
        vcenter = known[site]
        try:
            return read_data_disks(vcenter.server, vcenter.user, vcenter.password, names)
        except UitwijkError as error:
            return "; ".join(error.problems)

    with ThreadPoolExecutor(max_workers=max(1, len(known))) as pool:
        return dict(zip(known, pool.map(read, known), strict=True))


def data_lines(
    region: Region,
    situation: Situation,
    found: Mapping[str, Disks | str],
    readings: Mapping[str, StackReading],
    inventories: Mapping[str, Inventory],
) -> Iterator[Line]:
    """A line for each dataset at the living site where it is writable: whether all its disks are there."""
    for home, site in situation.data.items():
        disks = found.get(site)
        if site not in situation.living or disks is None or isinstance(disks, str):
            continue
        made = readings[home].facts if home in readings else None
        never = made is not None and made.readable and made.epoch is None
        there = disks.get(dataset_datastore(home), {})
        missing = [] if never else [path for path in _rpo_minutes(region, home) if path not in there]
        if missing:
            moved = {
                disk.path: disk.datastore
                for machine in (inventories[site].machines if site in inventories else ())
                for disk in machine.disks
                if disk.path in missing and disk.datastore != dataset_datastore(home)
            }
            told = [f"{path} (it lies on {moved[path]})" if path in moved else path for path in missing]
            yield fail(
                f"data {home} at {site}",
                f"{count(len(missing), 'data disk')} not on {dataset_datastore(home)}, where the data is writable: "
                f"{shortened(told, 3)}",
                "have the storage administrator put the files back where they lay, from a replica or a backup, or move "
                f"them back; then `uitwijk recover {site}`, `{up_command(site)}`",
            )
        elif not never:
            yield ok(f"data {home} at {site}", "every data disk is where it is writable")


def replica_lines(region: Region, situation: Situation, found: Mapping[str, Disks | str]) -> Iterator[Line]:
    """A line for each dataset and each other living site."""
    for home, source in situation.data.items():
        for target in situation.living:
            if target != source:
                yield _line(region, situation, home, source, target, found)


def _line(
    region: Region, situation: Situation, home: str, source: str, target: str, found: Mapping[str, Disks | str]
) -> Line:
    subject = f"replica {home} at {target}"
    written: dict[str, Mapping[str, datetime.datetime]] = {}
    for site in (source, target):
        disks = found.get(site, "its vCenter could not be read")
        if isinstance(disks, str):
            return not_checked(subject, f"{site}: {disks}", f"see vCenter {site}")
        written[site] = disks.get(dataset_datastore(home), {})
    wanted = _rpo_minutes(region, home)
    present = [path for path in wanted if path in written[source]]
    if not present:
        return not_checked(subject, f"no data disk of it exists at {source} yet", f"`{up_command(source)}`")
    # A site that came back gets its replicas once its old machines are gone.
    bad = fail if situation.sites[target] is SiteState.NORMAL else attention
    remedy = f"have the storage administrator see to the replication from {source} to {target}"
    missing = [path for path in present if path not in written[target]]
    if missing:
        not_there = f"{len(missing)} of {count(len(present), 'disk')} not there: {shortened(missing, 2)}"
        return bad(subject, not_there, remedy)
    lag = {path: (written[source][path] - written[target][path]).total_seconds() / 60 for path in present}
    ahead = [path for path in present if lag[path] * 60 < -CLOCKS_SECONDS]
    if ahead:
        newer = [f"{path} {about(-lag[path] * 60)}" for path in sorted(ahead, key=lambda path: lag[path])]
        return fail(
            subject,
            f"{count(len(ahead), 'disk')} newer than the original at {source}: {shortened(newer, 2)}. Somebody wrote "
            "on the replica, or the clocks differ",
            f"see that nothing at {target} works on it, and that the clocks of both sites agree; the storage "
            "administrator says which copy is true before anything is promoted",
        )
    late = sorted((path for path in present if lag[path] > wanted[path]), key=lambda path: -lag[path])
    if late:
        behind = [f"{path} {about(lag[path] * 60)} (RPO {wanted[path]} min)" for path in late]
        return bad(subject, f"{count(len(late), 'disk')} too far behind: {shortened(behind, 2)}", remedy)
    worst = max(0.0, *lag.values())
    return ok(subject, f"{count(len(present), 'disk')}, the oldest {about(worst * 60)} behind, each within its RPO")


def _rpo_minutes(region: Region, home: str) -> dict[str, int]:
    """By path of each data disk of the dataset: how old its replica may be."""
    return {
        machine.disk_path(disk): region.services[machine.service].rpo_minutes or 0
        for workload in region.workloads.values()
        if workload.home == home and not workload.hot
        for machine in workload.machines
        for disk in machine.disks
    }
