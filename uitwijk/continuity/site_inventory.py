"""What a site's vCenter must have, by the catalogue: `uitwijk check` looks for it, a simulator is made of it.

And what the first `up` adds to it for all machines: folders and tags.
"""

from __future__ import annotations

from typing import Any

from uitwijk.continuity.region import Region, dataset_datastore

TOP_FOLDER = "uitwijk"
"""Of all machines."""


def machine_folders(region: Region) -> dict[str, str]:
    """Paths of the folders of machines, by logical name, each behind the one that it lies in."""
    return {TOP_FOLDER: TOP_FOLDER, **{slug: f"{TOP_FOLDER}/{slug}" for slug in region.organisations}}


def machine_tags(region: Region) -> dict[str, list[str]]:
    """Names of the tags by that of their category. A machine bears one of each."""
    return {
        "municipality": list(region.organisations),
        "service": list(region.services),
        "class": sorted({service.recovery_class.value for service in region.services.values()}),
    }


def site_inventory(region: Region, site: str) -> dict[str, Any]:
    """Datacenter, cluster, hosts, datastores, networks and golden templates of `site`, as plain data."""
    here = region.sites[site]
    local, data = here.local_storage, here.replicated_storage
    return {
        "site": site,
        "datacenter": site,
        "cluster": site,
        "hosts": [host.model_dump() for host in here.hosts],
        "datastores": [
            {"name": "local", "capacity_gib": local.capacity_gib, "replicated": False},
            *(
                {
                    "name": dataset_datastore(home),
                    "capacity_gib": data.capacity_gib,
                    "replicated": True,
                }
                for home in region.sites
            ),
        ],
        "networks": [
            {"name": f"{slug}-{network}", "vlan": 1000 + who.network_number * 8 + kind.number}
            for slug, who in region.organisations.items()
            for network, kind in region.settings.networks.items()
        ],
        "templates": [
            {
                "name": name,
                "guest_id": system.guest_id,
                "vcpus": 1,
                "memory_gib": 2,
                "disk_gib": system.disk_gib,
                "content_id": system.content_id,
            }
            for name, system in region.settings.systems.items()
        ],
    }
