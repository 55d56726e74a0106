"""What the site's vCenter already holds: looked up once a program, every gap told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pulumi
import pulumi_vsphere as vsphere

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.region import Region, dataset_datastore

LOCAL = "local"
"""The datastore of the machines themselves."""
TEMPLATES = "templates"
"""The folder of the golden templates."""

Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Identifiers:
    """Of managed objects, by the names that are the same at every site."""

    datacenter: str
    cluster: str
    resource_pool: str
    datastores: Mapping[str, str]
    networks: Mapping[str, str]
    templates: Mapping[str, vsphere.AwaitableGetVirtualMachineResult]
    """By operating system."""


def look_up(region: Region, site: str, server: str, provider: pulumi.ProviderResource) -> Identifiers:
    """Everything that any machine of the region may need, so that a gap at a standby site shows on a normal day.

    Raises:
        UitwijkError: the vCenter refuses the account, or naming everything that it lacks.
    """
    search = _Search(f"vCenter {server} of {site}", pulumi.InvokeOptions(provider=provider))
    datacenter = search.datacenter(site)
    machines = region.machines.values()
    cluster = search.find(
        "cluster",
        site,
        "the site's hosts must form a cluster with the site's name",
        lambda name: vsphere.get_compute_cluster(name=name, datacenter_id=datacenter, opts=search.options),
    )
    datastores = search.find_each(
        "datastore",
        [LOCAL, *(dataset_datastore(home) for home in region.sites)],
        "mount it under this name at every host",
        lambda name: vsphere.get_datastore(name=name, datacenter_id=datacenter, opts=search.options),
    )
    networks = search.find_each(
        "network",
        sorted({machine.network for machine in machines}),
        "make a port group with this name at every host",
        lambda name: vsphere.get_network(name=name, datacenter_id=datacenter, opts=search.options),
    )
    templates = search.find_each(
        "template",
        sorted({machine.system for machine in machines}),
        f"copy the golden template of the other site into folder {TEMPLATES}",
        lambda name: vsphere.get_virtual_machine(
            name=f"{TEMPLATES}/{name}", datacenter_id=datacenter, opts=search.options
        ),
    )
    if search.gaps or cluster is None:
        raise UitwijkError(search.gaps)
    return Identifiers(
        datacenter=datacenter,
        cluster=cluster.id,
        resource_pool=cluster.resource_pool_id,
        datastores={name: datastore.id for name, datastore in datastores.items()},
        networks={name: network.id for name, network in networks.items()},
        templates=templates,
    )


class _Search:
    """Looks for one thing after another and remembers what is not there."""

    def __init__(self, place: str, options: pulumi.InvokeOptions) -> None:
        self.options = options
        self.gaps: list[str] = []
        self._place = place

    def datacenter(self, name: str) -> str:
        try:
            return vsphere.get_datacenter(name=name, opts=self.options).id
        # The SDK raises nothing more particular for a look-up that failed.
        except Exception as error:
            raise UitwijkError(
                f"{self._place}: {_reason(error)}; there must be a datacenter {name}, and the account of "
                "`uitwijk:vcenter` and `uitwijk:vcenterPassword` must be able to log in"
            ) from error

    def find(self, what: str, name: str, remedy: str, get: Callable[[str], Found]) -> Found | None:
        try:
            return get(name)
        except Exception as error:
            self.gaps.append(f"{self._place}: no {what} {name} ({_reason(error)}); {remedy}")
            return None

    def find_each(
        self, what: str, names: Iterable[str], remedy: str, get: Callable[[str], Found]
    ) -> Mapping[str, Found]:
        found = {name: self.find(what, name, remedy, get) for name in names}
        return {name: thing for name, thing in found.items() if thing is not None}


def _reason(error: Exception) -> str:
    """The provider's own words, without what engine and bridge put around them."""
    words = str(error).strip().splitlines()[-1].rpartition("returned an error: ")[2]
    return re.sub(r"^(invoking \S+: )?(error fetching [a-z ]+: )?", "", words)
