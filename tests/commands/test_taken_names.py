"""`uitwijk check`: names that the first `up` gives, and that are taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.commands.inventories import inventory, machine
from uitwijk.commands.readiness.line import Line, Verdict
from uitwijk.commands.readiness.taken_names import taken_lines
from uitwijk.continuity.facts import StackFacts
from uitwijk.continuity.region import Region
from uitwijk.observe.inventory import Inventory
from uitwijk.observe.readings import StackReading
from uitwijk.observe.tags import TagCategory

SITE = "veldoord"
OURS = TagCategory("urn:1", single=True, for_machines=True, tags={"civil-affairs": "urn:2"})


def told(region: Region, facts: StackFacts, found: Inventory) -> list[Line]:
    return list(taken_lines(region, StackReading(SITE, None, None, facts, {}, (), None), found))


def stands(region: Region, **what: Any) -> Inventory:
    return replace(inventory(region, SITE), datacenter_ids={SITE: "datacenter-2"}, **what)


NEVER = StackFacts(SITE, True)


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ({"folder_ids": {"uitwijk": "group-1"}}, "folder uitwijk"),
        ({"tag_categories": {"service": OURS}}, "tag category service, tag service-civil-affairs"),
    ],
)
def test_what_stands_there_before_the_first_up_is_named(region: Region, what: dict[str, Any], named: str) -> None:
    (line,) = told(region, NEVER, stands(region, **what))
    assert (line.verdict, line.subject) == (Verdict.FAIL, f"names {SITE}")
    assert line.why.endswith(named)
    assert f"`uitwijk recover {SITE}`, which takes it into the state" in line.remedy


@pytest.mark.parametrize("category", [replace(OURS, single=False), replace(OURS, for_machines=False)])
def test_a_category_that_cannot_be_taken_over_is_to_be_renamed(region: Region, category: TagCategory) -> None:
    (line,) = told(region, NEVER, stands(region, tag_categories={"class": category}))
    assert "(class must be: not for one tag a machine)" in line.remedy


def test_nothing_is_said_where_nothing_stands_or_the_stack_made_it_or_its_state_was_lost(region: Region) -> None:
    taken = {"tag_categories": {"service": OURS}}
    assert told(region, NEVER, stands(region, tag_categories={"somebody-elses": OURS})) == []
    assert told(region, StackFacts(SITE, True, epoch=1), stands(region, **taken)) == []
    assert told(region, StackFacts(SITE, False), stands(region, **taken)) == []
    ours = machine("kolkwijde-civil-affairs-database-1")
    assert told(region, NEVER, stands(region, **taken, machines=(ours,))) == []
