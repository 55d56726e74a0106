"""What a site's vCenter must have, by the catalogue: `uitwijk check` looks for it, a simulator is made of it."""

from __future__ import annotations

from typing import Any

from uitwijk.continuity.region import Region, dataset_datastore


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
