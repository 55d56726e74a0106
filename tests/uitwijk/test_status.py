"""`uitwijk status`: the model's own answer, and one screen for a person."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from continuity import load_region, place
from continuity.region import Region
from tests.uitwijk.conftest import Desk
from continuity.loss import Loss, single_losses
from uitwijk.status import Screen

LOSSES = list(single_losses(load_region(Path(__file__).resolve().parents[2] / "catalogue")))


def screen(region: Region, loss: Loss, **console: object) -> str:
    situation = loss.situation(region)
    page = Console(width=80, record=True, file=open("/dev/null", "w"), **console)  # type: ignore[arg-type]  # noqa: SIM115
    page.print(Screen(region, situation, place(region, situation)).everything())
    return page.export_text()


@pytest.mark.parametrize("declared", ["", "closed harlingen-town-hall", "lost bolsward closed iszf-office"])
def test_json_is_exactly_what_the_model_says(desk: Desk, region: Region, declared: str) -> None:
    if declared:
        desk.must_declare(declared)
    said = desk.uitwijk("status", "--json")
    assert json.loads(said.out) == place(region, desk.situation).to_dict()
    assert (said.code, said.err) == (0, "")


def test_another_situation_can_be_looked_at(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "what-if.yaml"
    other.write_text(
        desk.file.read_text(encoding="utf-8").replace("bolsward: normal", "bolsward: lost"), encoding="utf-8"
    )
    facts = json.loads(desk.uitwijk("status", "--json", "--situation", str(other)).out)
    assert facts["workloads"]["harlingen/civil-affairs"] == "leeuwarden"


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_every_single_calamity_fits_one_screen(region: Region, loss: Loss) -> None:
    lines = screen(region, loss).splitlines()
    assert max(len(line) for line in lines) <= 80
    assert len(lines) <= 40


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_no_word_is_cut_off(region: Region, loss: Loss) -> None:
    assert "…" not in screen(region, loss)


def test_what_is_not_normal_comes_first(desk: Desk) -> None:
    desk.must_declare("lost bolsward closed iszf-office")
    said = desk.uitwijk("status").out
    assert (
        said.index("site bolsward is lost") < said.index("SITE") < said.index("Harlingen") < said.index("Leeuwarden  ")
    )


def test_colour_never_says_anything_alone(desk: Desk) -> None:
    desk.must_declare("lost leeuwarden closed leeuwarden-town-hall")
    said = desk.uitwijk("status").out
    for words in ("L lost", "N normal", "134 moved", "618", "10/14 majority"):
        assert words in said


def test_a_pipe_gets_plain_text(desk: Desk) -> None:
    desk.must_declare("lost bolsward")
    assert "\x1b" not in desk.uitwijk("status").out


def test_a_terminal_gets_colour_unless_no_color_is_set(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.must_declare("lost bolsward")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    colour = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|9\d)[;m]")
    assert colour.search(desk.uitwijk("status").out)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour.search(desk.uitwijk("status").out)


def test_a_promotion_that_is_waited_for_is_shown(desk: Desk) -> None:
    desk.must_declare("lost bolsward")
    assert "dataset bolsward waits to be promoted at leeuwarden" in " ".join(desk.uitwijk("status").out.split())
    desk.must_declare("promoted bolsward at leeuwarden")
    assert "waits to be promoted" not in desk.uitwijk("status").out


def test_staff_without_any_seat_and_where_their_numbers_ring_is_shown(desk: Desk) -> None:
    halls = ("bolsward", "balk", "harlingen", "lemmer", "wommels", "workum", "witmarsum")
    desk.must_declare(" ".join(f"closed {hall}-town-hall" for hall in halls) + " closed iszf-office")
    said = " ".join(desk.uitwijk("status").out.split())
    assert "no seat anywhere; its numbers ring at the reception of leeuwarden-town-hall" in said
