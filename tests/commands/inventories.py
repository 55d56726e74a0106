"""Inventories as the catalogue wants them, to be spoiled."""

from __future__ import annotations

from collections.abc import Iterable

from uitwijk.continuity.region import Region
from uitwijk.continuity.site_inventory import site_inventory
from uitwijk.observe.inventory import Hypervisor, Inventory, VirtualMachine


def machine(name: str, *, powered_on: bool = True, template: bool = False, annotation: str = "") -> VirtualMachine:
    """A machine of which only the name matters."""
    return VirtualMachine(
        name=name,
        id=f"vm-{name}",
        folder="templates" if template else "uitwijk",
        instance_uuid=name,
        bios_uuid=name,
        template=template,
        powered_on=powered_on,
        host=None,
        guest_id="debian11_64Guest",
        vcpus=1,
        memory_gib=2,
        disks=(),
        networks=(),
        macs=(),
        addresses=(),
        annotation=annotation,
        user_data=None,
    )


def inventory(region: Region, site: str, machines: Iterable[VirtualMachine] = ()) -> Inventory:
    """What the site's vCenter should hold, with these machines."""
    wanted = site_inventory(region, site)
    return Inventory(
        server=f"vcenter.{site}.uitwijk.example",
        version="8.0.3",
        datacenters=(site,),
        clusters=(site,),
        hosts=tuple(
            Hypervisor(host["name"], host["cores"], host["memory_gib"], "CPU", host["cpu_generation"])
            for host in wanted["hosts"]
        ),
        datastores={datastore["name"]: datastore["capacity_gib"] for datastore in wanted["datastores"]},
        networks=tuple(sorted(network["name"] for network in wanted["networks"])),
        folders=("templates", "uitwijk"),
        templates=tuple(
            machine(template["name"], template=True, annotation=f"content: {template['content_id']}\n")
            for template in wanted["templates"]
        ),
        machines=tuple(machines),
        kept_apart={},
    )
