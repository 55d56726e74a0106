"""Machines from an older template are named by `check`, and renewed as it says: with their data, and nothing else."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.engine.mishaps import administrator, disorder, uitwijk
from tests.engine.stage import HOME, OTHER, Stage
from tests.engine.storage import Storage

pytestmark = pytest.mark.timeout(300)
DATABASE = "kolkwijde-civil-affairs-database-1"


def test_a_machine_is_renewed_from_the_new_template_with_its_data(fresh: Stage) -> None:
    fresh.up()
    storage = Storage(fresh)
    storage.write(HOME, "written")
    assert not list(templates_lines(fresh))
    settings = yaml.safe_load((fresh.catalogue / "region.yaml").read_text(encoding="utf-8"))
    system = fresh.region.machines[DATABASE].system
    settings["systems"][system]["content_id"] = "the-new-one"
    (fresh.catalogue / "region.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    with administrator(fresh, HOME) as person:
        person.note(system, "content: the-new-one")

    line = next(line for line in templates_lines(fresh) if line["subject"] == f"templates {HOME}")
    of_it = {machine.name for machine in fresh.region.machines.values() if machine.system == system}
    before = {machine.name: machine.bios_uuid for machine in fresh.inventory(HOME).machines}
    assert line["verdict"] == "attention"
    assert f"{len(of_it & before.keys())} machines stem from an older template" in line["why"]
    command, name = re.findall(r"`(pulumi up .+ --replace) '\*\*::([^']+)'`", line["remedy"])[0]
    assert (command, name) == (f"pulumi up --stack {HOME} --continue-on-error --replace", min(of_it & before.keys()))

    chosen = command.removeprefix("pulumi ").split()
    fresh.engines[HOME].pulumi.order(*chosen, f"**::{DATABASE}", "--yes", "--skip-preview")
    after = {machine.name: machine.bios_uuid for machine in fresh.inventory(HOME).machines}
    assert {name for name in before if after[name] != before[name]} == {DATABASE}
    (renewed,) = (machine for machine in fresh.inventory(HOME).machines if machine.name == DATABASE)
    assert renewed.content_id == "the-new-one"
    assert storage.read(HOME) == {disk: ["written"] for disk in storage.disks}
    assert not disorder(fresh, HOME)


def templates_lines(stage: Stage) -> list[dict[str, str]]:
    """What `uitwijk check` says of machines from older templates."""
    lines = json.loads(uitwijk(stage, OTHER, "check", "--json").stdout)["lines"]
    return [line for line in lines if line["subject"].startswith("templates ")]
