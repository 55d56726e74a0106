"""The example that uses one of this region's components in a program of its own."""

from __future__ import annotations

import runpy
from pathlib import Path

import yaml

from uitwijk.continuity.region import Region
from uitwijk.resources.testing import SECRETS, record

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "workplaces"
CONFIG = {
    "site": "leeuwarden",
    "catalogue": str(EXAMPLE.parents[1] / "catalogue"),
    "vcenter": {"server": "vcenter.example", "user": "somebody"},
}


def test_the_example_makes_the_workplaces_of_one_municipality_and_nothing_else_that_runs(region: Region):
    secrets = {name: SECRETS[name] for name in ("vcenterPassword", "dnsUpdateKey")}
    program = EXAMPLE / "__main__.py"
    recording = record(
        lambda: runpy.run_path(str(program), run_name="__main__"),
        stack="anything",
        project=yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text(encoding="utf-8"))["name"],
        config=CONFIG,
        secrets=secrets,
    )
    machines = region.workloads["harlingen/workplaces"].machines
    assert set(recording.machines) == {machine.name for machine in machines}
    assert recording.outputs["brokers"] == [machine.name for machine in machines if machine.role == "broker"]


def test_the_example_has_no_more_than_thirty_lines():
    assert len((EXAMPLE / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 30
