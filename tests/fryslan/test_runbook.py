"""The runbook: made from catalogue and plans, every command in it accepted in its order, every quoted line printed."""

from __future__ import annotations

import re
import shlex
import shutil
from itertools import takewhile
from pathlib import Path

import pytest

from tests.commands.conftest import Desk
from tests.commands.test_next_commands import Sites, after
from tests.conftest import Catalogue
from tests.fryslan.runbook_pages import DOCS, FOLDER, commands, page, section
from uitwijk.commands.rehearse.plan_book import PlanBook
from uitwijk.commands.runbook import pages
from uitwijk.continuity import load_region
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.plan import MACHINES
from uitwijk.continuity.region import Region

ROOT = DOCS.parent
BOOK = PlanBook(ROOT / "plans")
REGION = load_region(ROOT / "catalogue")
LOST = {site: page(f"lost-{site}.md") for site in REGION.sites}
HOUSING = {what.houses: building for building, what in REGION.buildings.items() if what.houses}
CLOSED = page("closed-building.md")
ENTRY = (DOCS / "runbook.md").read_text(encoding="utf-8")
Way = list[tuple[str, list[str]]]


def without(way: Way, building: str) -> Way:
    """The same while the building stays open; what is quoted is of the closed one."""
    return [(re.sub(rf" (closed|opened) {building}", "", typed), []) for typed, _ in way]


WAYS: dict[str, Way] = {
    **{f"{site} is lost with its building": commands(LOST[site]) for site in REGION.sites},
    **{f"{site} alone is lost": without(commands(LOST[site]), HOUSING[site]) for site in REGION.sites},
    "a false alarm": commands(page("false-alarm.md")),
    "a planned move, and back": [
        *commands(page("planned-move.md")),
        *without(commands(section(LOST["bolsward"], "The way back"))[4:], HOUSING["bolsward"]),
    ],
    "a building is closed": commands(CLOSED),
}
ANY_BUILDING: dict[str, Way] = {
    f"{building} is closed": [(typed.replace("harlingen-town-hall", building), []) for typed, _ in commands(CLOSED)]
    for building in REGION.buildings
}


def told(out: str) -> list[str]:
    """The engine's commands that a declaration says come next, up to the next declaration."""
    listed = [line.strip() for line in out.partition("To run next")[2].splitlines()]
    typed = [line for line in listed if line.startswith(("pulumi ", "uitwijk "))]
    return list(takewhile(lambda line: line.startswith("pulumi "), typed))


def test_the_pages_say_what_catalogue_and_plans_say_today(region: Region) -> None:
    """After a change that is meant: `make runbook`; review it."""
    made = pages(region, BOOK)
    assert {name: page(name) for name in made} == made
    assert {file.name for file in FOLDER.iterdir()} == {*made, "trouble.md"}


def test_a_change_of_the_catalogue_changes_the_pages(catalogue: Catalogue) -> None:
    assert "| R1 | 2 hours | Shared databases | 2 |" in LOST["bolsward"]
    slower = load_region(catalogue.change("services.yaml", "rto_hours: 2\n", "rto_hours: 3\n").folder)
    assert "| R1 | 3 hours | Shared databases | 2 |" in pages(slower, BOOK)["lost-bolsward.md"]


def test_a_plan_that_does_more_than_create_has_no_page_that_says_it_does_not(tmp_path: Path, region: Region) -> None:
    shutil.copytree(BOOK.folder, tmp_path, dirs_exist_ok=True)
    for slug in ("lost-bolsward", "lost-bolsward-closed-iszf-office"):
        plan = BOOK.approved(slug)
        assert plan is not None
        plan["stacks"]["leeuwarden"]["update"] = {"folders": {"a": "path"}}
        PlanBook(tmp_path).approve(slug, plan)
    with pytest.raises(UitwijkError, match=r"plans/lost-bolsward\.yaml: does more than create"):
        pages(region, PlanBook(tmp_path))


def test_a_calamity_without_an_approved_plan_is_named(tmp_path: Path, region: Region) -> None:
    shutil.copytree(BOOK.folder, tmp_path, dirs_exist_ok=True)
    PlanBook(tmp_path).file("closed-balk-town-hall").unlink()
    with pytest.raises(UitwijkError, match="closed-balk-town-hall has no approved plan; `uitwijk rehearse"):
        pages(region, PlanBook(tmp_path))


@pytest.mark.parametrize("way", WAYS)
def test_every_declaration_is_accepted_says_what_is_quoted_and_is_followed_by_what_it_tells(
    desk: Desk, way: str
) -> None:
    follows: list[str] = []
    for typed, quoted in WAYS[way]:
        if typed.startswith("uitwijk "):
            assert not follows or way == "a false alarm", follows
            said = desk.uitwijk(*shlex.split(typed)[1:])
            assert said.code == 0, said.err
            printed = " ".join(said.out.split())
            for line in quoted:
                assert " ".join(line.split()) in printed
            follows = told(said.out)
        else:
            assert typed == follows.pop(0)
    assert not follows


@pytest.mark.parametrize("way", WAYS | ANY_BUILDING)
def test_the_guard_refuses_nothing_and_machines_appear_and_go_where_it_is_quoted(region: Region, way: str) -> None:
    sites = Sites(region)
    for typed, quoted in (WAYS | ANY_BUILDING)[way]:
        program, verb, *words = shlex.split(typed)
        if program == "uitwijk":
            declared = " ".join(takewhile(lambda word: word != "--by", words)).replace("--at", "at")
            sites.situation = after(region, sites.situation, declared)
        elif verb == "up":
            site = words[1]
            before = sites.stacks[site].machines
            assert sites.up(site) == (), typed
            now = sites.stacks[site].machines
            says = " ".join(quoted)
            if quoted:
                assert ("created" in says, "deleted" in says) == (bool(now - before), bool(before - now)), typed
    assert {stack.epoch for stack in sites.stacks.values()} == {sites.situation.epoch}


@pytest.mark.parametrize("site", REGION.sites)
def test_the_engines_counts_are_those_of_the_approved_plan(site: str) -> None:
    other = next(each for each in REGION.sites if each != site)
    plan = BOOK.approved(f"lost-{site}")
    assert plan is not None
    created = plan["stacks"][other]["create"]
    number = sum(len(names) for names in created.values())
    quoted = [line.split() for _, lines in commands(LOST[site]) for line in lines if line.split()[0] in "+-"]
    assert quoted == [
        ["+", str(number), "to", "create"],
        ["+", str(number), "created"],
        ["-", str(number), "deleted"],
        ["-", str(number), "deleted"],
        ["+", str(number), "to", "create"],
        ["+", str(number), "created"],
    ]
    assert f"{len(created[MACHINES])} machines are made at {other.title()}" in LOST[site]


def test_lessons_are_written_down_as_the_entry_page_says(desk: Desk) -> None:
    typed = commands(ENTRY)
    assert len(typed) == 2
    for line, _ in typed:
        said = desk.uitwijk(*shlex.split(line)[1:])
        assert said.code == 0, said.err


def test_every_line_of_the_check_that_a_page_names_exists() -> None:
    files = (ROOT / "uitwijk" / "commands" / "readiness").glob("*.py")
    sources = "".join(path.read_text(encoding="utf-8") for path in files)
    named = {name for text in LOST.values() for name in re.findall(r"line `(\w+) [a-z]+`", text)}
    assert named == {"vCenter", "machines"}
    for name in named:
        assert f'f"{name} {{' in sources, name


def test_every_single_calamity_has_a_page() -> None:
    for calamity in single_calamities(REGION):
        text = LOST[calamity.sites[0]] if calamity.sites else CLOSED
        assert all(building in text for building in calamity.buildings), calamity.slug
