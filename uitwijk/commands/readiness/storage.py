"""What in a vCenter keeps a machine from being moved: datastores that are not writable everywhere, and snapshots."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from uitwijk.commands.readiness.line import Line, attention, fail
from uitwijk.commands.readiness.replicas import Disks
from uitwijk.continuity.facts import VCenterFacts
from uitwijk.continuity.region import Region, dataset_datastore
from uitwijk.continuity.site_inventory import site_inventory
from uitwijk.continuity.situation import Situation
from uitwijk.observe.inventory import Inventory, VirtualMachine
from uitwijk.wording import about, count, shortened

_DELTA = re.compile(r"-\d{6}\.vmdk$")
"""How the file is called in which a disk with a snapshot goes on."""


def mount_lines(region: Region, situation: Situation, site: str, inventory: Inventory) -> Iterator[Line]:
    """Whether every host can write where machines and writable data lie; nothing, if all can.

    A replica may be read-only, or mounted nowhere, until it is promoted: that is the array's business.
    """
    writable = {dataset_datastore(home) for home, where in situation.data.items() if where == site}
    data = {dataset_datastore(home) for home in region.sites}
    for datastore in site_inventory(region, site)["datastores"]:
        name = datastore["name"]
        wrong = inventory.unwritable.get(name, {})
        if wrong and (name in writable or name not in data):
            told = [f"{host} ({what})" for host, what in sorted(wrong.items())]
            yield fail(
                f"datastore {name} at {site}",
                f"{count(len(wrong), 'host')} cannot write on it: {shortened(told)}. Machines that are started there "
                "have no disks",
                f"have the storage administrator mount {name} on every host of {site}, to read and write"
                + ("; until then its data is not promoted" if name in writable else ""),
            )


def vcenter_facts(inventory: Inventory, disks: Disks | str) -> VCenterFacts:
    """What the guard would see there.

    Args:
        inventory: of the site's vCenter.
        disks: what lies on its replicated datastores, or why that is not known.
    """
    return VCenterFacts(
        machines=frozenset(inventory.by_name),
        snapped=frozenset(machine.name for machine in inventory.machines if machine.snapshot_since is not None),
        unwritable=inventory.unwritable,
        files={} if isinstance(disks, str) else {datastore: frozenset(found) for datastore, found in disks.items()},
    )


def snapshot_lines(region: Region, site: str, inventory: Inventory, now: datetime.datetime) -> Iterator[Line]:
    """Whether a machine with data disks has a snapshot; nothing, if none has.

    vSphere lets go of no disk that takes part in one, so that the machine cannot be moved; and a failover attaches such
    a disk as it was when the snapshot was made.
    """
    window = datetime.timedelta(hours=region.settings.backup.window_hours)
    found = [
        machine
        for machine in inventory.machines
        if machine.name in region.machines and region.machines[machine.name].disks and _snapped(machine)
    ]
    if not found:
        return
    old = [machine for machine in found if machine.snapshot_since is None or now - machine.snapshot_since > window]
    told = [f"{machine.name} ({_age(machine, now)})" for machine in old or found]
    remedy = "have the snapshots removed (consolidated) in the vSphere Client, and the backup that made them looked at"
    if old:
        hours = region.settings.backup.window_hours
        yield fail(
            f"snapshots {site}",
            f"{count(len(old), 'machine')} with data disks have a snapshot older than the backup window of {hours} h: "
            f"{shortened(told)}. They cannot be moved, and a failover would have their data as of the snapshot",
            remedy,
        )
    else:
        yield attention(
            f"snapshots {site}",
            f"{count(len(found), 'machine')} with data disks have a snapshot: {shortened(told)}. As long as it is "
            "there they cannot be moved",
            f"wait for the backup to end; if it does not: {remedy}",
        )


def _snapped(machine: VirtualMachine) -> bool:
    return machine.snapshot_since is not None or any(_DELTA.search(disk.path) for disk in machine.disks)


def _age(machine: VirtualMachine, now: datetime.datetime) -> str:
    return about((now - machine.snapshot_since).total_seconds()) if machine.snapshot_since else "of unknown age"
