"""`uitwijk rehearse --live`: what must hold before anything is previewed on real sites."""

from __future__ import annotations

import pytest

from tests.commands.conftest import Desk
from tests.commands.stacks import PASSWORD, Stacks


def test_a_rehearsal_on_real_sites_waits_for_a_normal_day(desk: Desk, engine: Stacks) -> None:
    desk.must_declare("closed kolkwijde-town-hall")
    said = desk.uitwijk("rehearse", "--live")
    assert said.code == 2
    assert said.err.startswith("error: situation.yaml: a calamity is declared; rehearse on simulated sites")
    assert not engine.asked


def test_every_site_that_cannot_be_rehearsed_on_is_named_with_its_remedy(
    desk: Desk, engine: Stacks, refusing: str
) -> None:
    engine.configured("zandermeer", refusing)
    said = desk.uitwijk("rehearse", "--live", "--approve")
    assert said.code == 2
    first, second = said.err.splitlines()
    assert first == "error: site veldoord: stack veldoord is not initialised here; `pulumi stack init veldoord`"
    assert second.startswith(f"error: vCenter of zandermeer: {refusing}")
    assert PASSWORD not in said.out + said.err
    assert not (desk.folder / "plans").exists()


@pytest.mark.parametrize("settings", [{"vcenter": None}, {"vcenter": {}}])
def test_a_stack_that_names_no_vcenter_is_told(desk: Desk, engine: Stacks, settings: dict[str, object]) -> None:
    for site in ("veldoord", "zandermeer"):
        engine.configured(site, "", **settings)
    said = desk.uitwijk("rehearse", "--live")
    assert said.code == 2
    assert said.err.splitlines() == [
        f"error: stack {site}: no uitwijk:vcenter is set; `pulumi config set --path uitwijk:vcenter.server …`"
        for site in ("veldoord", "zandermeer")
    ]
