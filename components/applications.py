"""Applications: the catalogue's services, with their databases and data disks."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Machines, Workload, WorkloadArgs


class Applications(Workload):
    """Whatever of the catalogue is neither workplace nor telephony; at a partnership the shared services, too.

    A cold one's machines stand at one site, databases and files before the application that needs them; its data disks
    are at its home site whichever that is, on replicated storage. The directory (names, time, identities) is hot: it
    serves at both sites, and is the first thing that everything else waits for. The nodes of a service bus recognise
    each other by a secret of the site.
    """

    kind = Kind.APPLICATION
    name_servers: Machines
    """Tell names, time and who is who; a pair, on two hosts."""
    keepers: Machines
    """Databases and file servers, with their data disks."""
    front_ends: Machines
    """What clerks and citizens use."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Applications", name, args, opts)
        self.name_servers = self.machines("directory")
        self.keepers = self.machines("postgresql", "file-server")
        self.front_ends = self.machines("application", "counter")
        self.register_outputs({})
