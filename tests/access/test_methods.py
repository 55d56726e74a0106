"""A drill fails when something was called that no privilege explains."""

from __future__ import annotations

from pathlib import Path

import pytest

from uitwijk.drill.privileges import methods_explained
from uitwijk.evidence.recorder import Evidence


@pytest.mark.parametrize(
    ("called", "passed", "told"),
    [
        ({"Login": 1, "CloneVM_Task": 70}, True, "all 2"),
        ({"Login": 1, "RelocateVM_Task": 1}, False, "not in uitwijk/access/roles.yaml: RelocateVM_Task"),
        ({"Login": 1, "PUT /api/vcenter/vm": 1}, False, "not in uitwijk/access/roles.yaml: PUT /api/vcenter/vm"),
        ({}, False, "all 0"),
    ],
)
def test_a_method_that_nobody_listed_fails_the_drill(tmp_path: Path, called: dict[str, int], passed: bool, told: str):
    with Evidence(tmp_path / "evidence", {}, "somebody") as evidence, evidence.scenario("S2", "a loss") as scenario:
        methods_explained(scenario, "veldoord", {"requests": {"methods": called}})
        (check,) = scenario.report.checks
    assert (check.verdict, check.observed) == ("passed" if passed else "failed", told)
