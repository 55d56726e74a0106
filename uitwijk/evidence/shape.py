"""What a failover makes, in one hash: it tells whether a drill exercised the machines that the catalogue describes."""

from __future__ import annotations

import hashlib
import json

from uitwijk.continuity.region import Region


def shape(region: Region) -> str:
    """SHA-256 of all machines with their sizes, disks and networks, and of what each workload waits for."""
    machines = {
        machine.name: [machine.vcpus, machine.memory_gib, machine.system, machine.network, dict(machine.disks)]
        for machine in region.machines.values()
    }
    order = {key: sorted(workload.depends_on) for key, workload in region.workloads.items()}
    text = json.dumps({"machines": machines, "order": order}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
