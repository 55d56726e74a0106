"""`uitwijk status`: the model's own answer, and one screen for a person."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from tests.commands.conftest import Desk
from tests.regions import SMALL
from uitwijk.commands.status import Screen
from uitwijk.continuity import place
from uitwijk.continuity.calamity import Calamity, single_calamities
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation

CALAMITIES = list(single_calamities(SMALL.region))


def screen(region: Region, situation: Situation, height: int | None = None) -> str:
    """The picture on 80 columns; of a terminal of so many lines, else of a pipe."""
    page = Console(
        width=80, height=height, force_terminal=height is not None, color_system=None, record=True, file=io.StringIO()
    )
    page.print(Screen(region, situation, place(region, situation)))
    return page.export_text()


@pytest.mark.parametrize("declared", ["", "closed kolkwijde-town-hall", "lost veldoord closed kust-office"])
def test_json_is_exactly_what_the_model_says(desk: Desk, region: Region, declared: str) -> None:
    if declared:
        desk.must_declare(declared)
    said = desk.uitwijk("status", "--json")
    assert json.loads(said.out) == place(region, desk.situation).to_dict()
    assert (said.code, said.err) == (0, "")


def test_another_situation_can_be_looked_at(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "what-if.yaml"
    other.write_text(
        desk.file.read_text(encoding="utf-8").replace("veldoord: normal", "veldoord: lost"), encoding="utf-8"
    )
    facts = json.loads(desk.uitwijk("status", "--json", "--situation", str(other)).out)
    assert facts["workloads"]["kolkwijde/civil-affairs"] == "zandermeer"


@pytest.mark.parametrize("height", [24, 40])
@pytest.mark.parametrize("calamity", CALAMITIES, ids=str)
def test_every_single_calamity_fits_one_screen_before_and_after_the_promotion(
    region: Region, calamity: Calamity, height: int
) -> None:
    for situation in (calamity.declared(region), calamity.situation(region)):
        lines = screen(region, situation, height).splitlines()
        assert max(len(line) for line in lines) <= 80
        assert len(lines) < height, "the last line is the prompt's"
        assert "…" not in "".join(lines)


def test_a_higher_window_and_a_pipe_tell_the_manual_steps_that_a_low_one_counts(region: Region) -> None:
    situation = next(
        calamity for calamity in CALAMITIES if calamity.slug == "lost-veldoord-closed-kust-office"
    ).declared(region)
    steps = place(region, situation).manual_steps
    for height in (40, None):
        said = screen(region, situation, height)
        assert all(f"{step.owner}: " in said for step in steps)
    said = screen(region, situation, 24)
    assert f"{len(steps)} manual steps, told in a higher window or by `uitwijk status | less`" in said


def test_what_is_not_normal_comes_first(desk: Desk) -> None:
    desk.must_declare("lost veldoord closed kust-office")
    said = desk.uitwijk("status").out
    order = ("L site veldoord is lost", "W dataset", "C building is closed", "SITE", "Kolkwijde", "Zandermeer  ")
    found = [said.index(words) for words in order]
    assert found == sorted(found)


def test_colour_never_says_anything_alone(desk: Desk) -> None:
    desk.must_declare("lost zandermeer closed zandermeer-town-hall")
    said = desk.uitwijk("status").out
    for words in ("L lost", "N normal", "veldoord W", "3 buildings M", "16 S", "8/14 P"):
        assert words in said
    findings = said.split("SITE ")[0]
    for letter in "LWMSP":
        assert f"\n{letter} " in findings, "a letter is told above the table in which it stands"


def test_each_organisation_stands_against_its_site_and_its_building(desk: Desk) -> None:
    rows = {line.split("  ")[0]: line.split() for line in desk.uitwijk("status").out.splitlines() if "/14" in line}
    assert rows["Reeënmeer"][1:4] == ["veldoord", "wilgendam", "16"]
    assert rows["Zandermeer"][1:4] == ["zandermeer", "zandermeer", "40"]
    assert len(rows) == 3


def test_work_that_stops_is_named_with_where_and_where_the_staff_went(desk: Desk) -> None:
    desk.must_declare("closed kolkwijde-town-hall")
    said = " ".join(desk.uitwijk("status").out.split())
    assert "P stopped in kolkwijde: social-support, taxes, travel-documents" in said
    assert "M staff of kolkwijde sit at kust-office 12, wilgendam 6" in said
    assert "S staff without a seat: kolkwijde 10" in said


def test_no_majority_of_the_work_is_told_first(desk: Desk) -> None:
    desk.must_declare("lost veldoord lost zandermeer closed wilgendam-town-hall")
    said = desk.uitwijk("status").out
    assert said.index("X no majority of the work goes on in kolkwijde") < said.index("C building is closed: wilgendam")


def test_a_pipe_gets_plain_text(desk: Desk) -> None:
    desk.must_declare("lost veldoord")
    assert "\x1b" not in desk.uitwijk("status").out


def test_a_terminal_gets_colour_unless_no_color_is_set(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.must_declare("lost veldoord")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|9\d)[;m]")
    assert colour.search(desk.uitwijk("status").out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour.search(desk.uitwijk("status").out)


def test_a_promotion_that_is_waited_for_is_shown(desk: Desk) -> None:
    desk.must_declare("lost veldoord")
    assert "dataset veldoord waits to be promoted at zandermeer" in " ".join(desk.uitwijk("status").out.split())
    desk.must_declare("promoted veldoord at zandermeer")
    assert "waits to be promoted" not in desk.uitwijk("status").out


def test_staff_without_any_seat_and_where_their_numbers_ring_is_shown(desk: Desk) -> None:
    desk.must_declare("closed kolkwijde-town-hall closed wilgendam-town-hall closed kust-office")
    said = " ".join(desk.uitwijk("status").out.split())
    assert "T the numbers of kolkwijde ring at the reception of zandermeer-town-hall" in said
