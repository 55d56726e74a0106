"""An example: how to test a change of your own. Copy this file, change the catalogue as you mean to, say what follows.

It takes seconds and needs neither engine nor vCenter. `record_site` runs the project's own program; what it registers
at a site, with all inputs, is in the recording.
"""

from __future__ import annotations

from tests.fryslan.situations import SITUATIONS
from uitwijk.resources.testing import record_site


def test_a_second_counter_application_comes_with_its_own_name_address_and_separation(catalogue):
    catalogue.change(
        "services.yaml",
        "{recipe: counter, station: document-printer, size: S, count: 1,",
        "{recipe: counter, station: document-printer, size: S, count: 2,",
    )
    recording = record_site("leeuwarden", catalogue=catalogue.folder, situation=SITUATIONS["S2"])
    first, second = (recording[f"harlingen-counter-application-{number}"] for number in (1, 2))
    assert first.inputs["numCpus"] == second.inputs["numCpus"] == 2
    addresses = [vm.inputs["clone"]["customize"]["networkInterfaces"][0]["ipv4Address"] for vm in (first, second)]
    assert addresses == ["10.12.24.45", "10.12.24.46"]
    assert "harlingen-counter-application" in {
        rule.name for rule in recording.of_type("ComputeClusterVmAntiAffinityRule")
    }
