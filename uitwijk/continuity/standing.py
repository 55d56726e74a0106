"""A machine at a site: its names and addresses there, and those of the machines that it has to do with.

Nothing here depends on the situation. Whoever needs a name or an address of a machine asks here: the machines
themselves are told it, the program makes them with it, and the drill looks for them under it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from uitwijk.continuity.catalogue import Role
from uitwijk.continuity.recipe import Recipe, Serves
from uitwijk.continuity.region import Machine, Region, Workload


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where a machine serves."""

    host: str
    """Fully qualified name."""
    port: int
    """TCP or UDP, as its role in the catalogue says."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Standing:
    """A machine at a site, should it run there."""

    region: Region
    site: str
    """Slug of one of the region's sites."""
    machine: Machine

    @property
    def workload(self) -> Workload:
        """The workload that the machine belongs to."""
        return self.region.workloads[self.machine.workload]

    @property
    def role(self) -> Role:
        """What the catalogue says of the machine's job."""
        return self.region.role(self.machine)

    @property
    def recipe(self) -> Recipe:
        """The contract of its job."""
        return self.region.recipe(self.machine)

    @property
    def packages(self) -> tuple[str, ...]:
        """The Debian packages of its job: the recipe's, then the role's."""
        return (*self.recipe.packages, *self.role.packages)

    @property
    def public(self) -> bool:
        """Whether the whole internet reaches it."""
        return self.region.settings.networks[self.role.network].public

    @property
    def domain(self) -> str:
        """The DNS domain of its name: a hot machine's carries its site, a cold one's does not."""
        domain = self.region.settings.domain
        return f"{self.site}.{domain}" if self.workload.hot else domain

    @property
    def name(self) -> str:
        """Its fully qualified name; a cold machine's is the same at every site."""
        return f"{self.machine.name}.{self.domain}"

    @property
    def address(self) -> IPv4Interface:
        """Its address, with the prefix length of its network."""
        network = self.region.subnet(self.site, self.machine.organisation, self.role.network)
        host = network[self.role.address + self.machine.number - 1]
        return IPv4Interface(f"{host}/{network.prefixlen}")

    @property
    def gateway(self) -> IPv4Address:
        """By which it leaves its network: the network's first address."""
        return self.address.network.network_address + 1

    @property
    def endpoint(self) -> Endpoint:
        """Where it serves."""
        return Endpoint(self.name, self.role.port)

    @property
    def name_servers(self) -> tuple[Standing, ...]:
        """Those that tell its organisation names, its own site's first; none where nobody does."""
        return name_servers(self.region, self.site, self.machine.organisation)

    @property
    def time_servers(self) -> tuple[Standing, ...]:
        """Those that tell it the time, its own site's first; none for a time server itself."""
        servers = _serving(self.region, self.site, self.machine.organisation, Serves.TIME)
        return () if self.machine in (server.machine for server in servers) else servers

    @property
    def needs(self) -> Mapping[str, tuple[Endpoint, ...]]:
        """What it depends on, by role of its own service or by service; its own site's first."""
        own = {role: self._endpoints(self.workload, {role}) for role in sorted(self.role.after)}
        others = (self.region.workloads[key] for key in self.workload.depends_on)
        ends = {other.service: self._endpoints(other, self._last_roles(other)) for other in others}
        return own | ends

    @property
    def peers(self) -> tuple[Endpoint, ...]:
        """The other machines of its role, at every site if they are hot."""
        everyone = self._endpoints(self.workload, {self.machine.role})
        return tuple(endpoint for endpoint in everyone if endpoint != self.endpoint)

    @property
    def later(self) -> tuple[Endpoint, ...]:
        """The machines of its own service whose role waits for its role."""
        roles = self.region.services[self.machine.service].roles
        return self._endpoints(self.workload, {name for name, role in roles.items() if self.machine.role in role.after})

    @property
    def clients(self) -> tuple[IPv4Network, ...]:
        """The networks at the site whose machines need this one: nobody else's business."""
        networks = {
            Standing(self.region, self.site, other).address.network
            for other in self.region.machines.values()
            if self.machine.workload in self.region.workloads[other.workload].depends_on
            or (other.workload == self.machine.workload and self.machine.role in self.region.role(other).after)
        }
        return tuple(sorted(networks))

    @property
    def works_with(self) -> tuple[tuple[Standing, ...], ...]:
        """Whose records it works with: of earlier roles, then of each cold service that its own depends on.

        None for a machine that keeps data: that needs its disk alone.
        """
        if self.machine.disks:
            return ()
        region = self.region
        earlier = [[m for m in self.workload.machines if m.role == role] for role in sorted(self.role.after)]
        others = [region.ends(key) for key in self.workload.depends_on if not region.workloads[key].hot]
        return tuple(tuple(Standing(region, self.site, each) for each in found) for found in (*earlier, *others))

    @property
    def keeper(self) -> Standing | None:
        """To whom it passes records: the first that it works with and that keeps data, or passes records on itself."""
        found = [each for standings in self.works_with for each in standings]
        stores = [each for each in found if each.machine.disks]
        return stores[0] if stores else next((each for each in found if each.keeper), None)

    def _endpoints(self, workload: Workload, roles: Collection[str]) -> tuple[Endpoint, ...]:
        return tuple(each.endpoint for each in reached_from(self.region, self.site, workload, roles))

    def _last_roles(self, workload: Workload) -> frozenset[str]:
        return self.region.services[workload.service].last_roles


def at_home(region: Region, machine: Machine) -> Standing:
    """The machine at the site that runs it on a normal day. A cold one has the same name at every other site."""
    return Standing(region, region.workloads[machine.workload].home, machine)


def reached_from(
    region: Region, site: str, workload: Workload, roles: Collection[str] | None = None
) -> tuple[Standing, ...]:
    """A workload's machines as somebody at a site reaches them: a hot one's at every site, own site first.

    Args:
        site: where whoever asks is; a cold workload's machines are looked for there alone.
        roles: those that are wanted; None: all.
    """
    sites = region.nearest_sites(site) if workload.hot else (site,)
    return tuple(
        Standing(region, where, machine)
        for where in sites
        for machine in workload.machines
        if roles is None or machine.role in roles
    )


def name_servers(region: Region, site: str, organisation: str) -> tuple[Standing, ...]:
    """The machines that tell an organisation names; those at `site` first."""
    return _serving(region, site, organisation, Serves.NAMES)


def _serving(region: Region, site: str, organisation: str, what: Serves) -> tuple[Standing, ...]:
    found = (
        standing
        for key in region.providers(organisation, what)
        for standing in reached_from(region, site, region.workloads[key])
        if region.serves(standing.machine, what)
    )
    sites = region.nearest_sites(site)
    return tuple(sorted(found, key=lambda standing: sites.index(standing.site)))
