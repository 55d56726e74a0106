"""Applications: the catalogue's services, with their databases and data disks."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Workload, WorkloadArgs


class Applications(Workload):
    """Whatever of the catalogue is neither workplace nor telephony; at a partnership the shared services, too.

    A cold one's machines stand at one site, databases and files before the application that needs them; its data disks
    are at its home site whichever that is, on replicated storage. The directory (names, time, identities) is hot: it
    serves at both sites, and is the first thing that everything else waits for.
    """

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Applications", Kind.APPLICATION, name, args, opts)
        if args.active:
            for role in self.roles:
                self.start(role)
        self.register_outputs({})
