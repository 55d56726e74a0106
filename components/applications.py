"""Applications: the catalogue's services, with their databases and data disks."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.catalogue import Kind
from uitwijk.machines.jobs import CLUSTER, DNS_UPDATE_KEY
from uitwijk.resources import Secrets, Workload, WorkloadArgs


class Applications(Workload):
    """Whatever of the catalogue is neither workplace nor telephony; at a partnership the shared services, too.

    A cold one's machines stand at one site, databases and files before the application that needs them; its data disks
    are at its home site whichever that is, on replicated storage. The directory (names, time, identities) is hot: it
    serves at both sites, and is the first thing that everything else waits for.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Applications", Kind.APPLICATION, name, args, opts)
        secrets = self._secrets()
        if args.active:
            for role in self.roles:
                self.start(role, secrets)
        self.register_outputs({})

    def _secrets(self) -> Secrets:
        """The name servers' key for announcements, and what the nodes of a service bus recognise each other by."""
        organisation, service = self.described.organisation, self.described.service
        packages = {package for role in self.region.services[service].roles.values() for package in role.packages}
        known = {DNS_UPDATE_KEY: self.known_to_all_sites(DNS_UPDATE_KEY)}
        if "rabbitmq-server" in packages:
            known[CLUSTER] = self.made_here(f"{organisation}-{service}-cluster")
        return known
