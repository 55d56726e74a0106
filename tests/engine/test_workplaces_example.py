"""The example program, under the real engine: a stranger's stack that has one component of the library's user."""

from __future__ import annotations

from pathlib import Path

import yaml

from uitwijk.continuity import load_region
from uitwijk.running.engine import Engine
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.project import Project, made_up_secrets
from uitwijk.simulated.vcenter import SimulatedVCenter

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "workplaces"


def test_the_example_can_be_previewed(toolchain: Toolchain, tmp_path: Path) -> None:
    definition = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8"))
    catalogue = EXAMPLE / definition["config"]["uitwijk:catalogue"]["value"]
    region = load_region(catalogue)
    site = list(region.sites)[-1]
    vcenter = SimulatedVCenter(site, tmp_path / "vcenter")
    try:
        vcenter.start(toolchain.simulator, region)
        stacks = Project(tmp_path / "office", tmp_path / "home").create(
            toolchain,
            [vcenter],
            made_up_secrets(region),
            trust=vcenter.address.ca,
            situation=tmp_path,
            catalogue=catalogue,
            peers={},
            program=EXAMPLE,
        )
        preview = Engine(stacks[site], tmp_path / "logs").preview()
    finally:
        vcenter.stop()
    (exported,) = [operation for operation in preview.operations if operation.type.endswith(":Workplaces")]
    workload = region.workloads[exported.name]
    assert sorted(preview.machines("create")) == sorted(machine.name for machine in workload.machines)
