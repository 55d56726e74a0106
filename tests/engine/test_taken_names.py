"""Tags and folders that stand in the vCenter before the first `up`: `check` names them, and its remedy leads out."""

from __future__ import annotations

import json

import pytest

from tests.engine.mishaps import administrator, call, disorder, follow, uitwijk
from tests.engine.stage import HOME, Stage

pytestmark = pytest.mark.timeout(300)


def test_what_an_earlier_stack_left_is_taken_over_and_what_is_somebody_elses_renamed(fresh: Stage) -> None:
    ours = make_category(fresh, "service", "SINGLE", ["VirtualMachine"])
    theirs = make_category(fresh, "class", "MULTIPLE", [])
    tag = {"name": "civil-affairs", "description": "", "category_id": ours}
    call(fresh, HOME, "tagging/tag", {"create_spec": tag})
    with administrator(fresh, HOME) as person:
        person.make_folder("uitwijk")

    line = names_line(fresh)
    assert line["verdict"] == "fail"
    assert "folder uitwijk, tag category service, tag service-civil-affairs, tag category class" in line["why"]
    assert "(class must be: not for one tag a machine)" in line["remedy"]
    first, *rest = line["remedy"].partition("is taken over: ")[2].split(", which ends on it, then ")
    assert first == f"`pulumi up --stack {HOME} --continue-on-error`"
    assert fresh.up(HOME, expect_failure=True)[HOME].code

    said = uitwijk(fresh, HOME, "recover", HOME, "--yes")
    assert said.returncode == 1
    assert "Rename it in the vSphere Client" in said.stdout
    call(fresh, HOME, f"tagging/category/id:{theirs}", {"update_spec": {"name": "theirs"}}, method="PATCH")
    assert not follow(fresh, HOME, rest[0]).errors
    assert not disorder(fresh, HOME)


def make_category(stage: Stage, name: str, cardinality: str, types: list[str]) -> str:
    """Its identifier."""
    made = {"name": name, "description": "", "cardinality": cardinality, "associable_types": types}
    return str(call(stage, HOME, "tagging/category", {"create_spec": made}))


def names_line(stage: Stage) -> dict[str, str]:
    """What `uitwijk check` says of names that are taken."""
    lines = json.loads(uitwijk(stage, HOME, "check", "--json").stdout)["lines"]
    return next(line for line in lines if line["subject"] == f"names {HOME}")
