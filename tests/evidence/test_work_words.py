"""What guests and people say of the work: shown as it is, but for secrets; and a line where no guest lived."""

from __future__ import annotations

from pathlib import Path

from tests.evidence.page import Page
from tests.evidence.pieces import but, tell_all_work
from tests.evidence.sample import REGION, play
from tests.evidence.test_work import CALL, GUESTS, TRANSACTION
from tests.evidence.test_work import TROUBLE as DEAD
from uitwijk.drill.report.page import render
from uitwijk.evidence.recorder import Evidence


def test_an_exercise_without_guests_says_so_in_one_line_with_the_reason(tmp_path: Path) -> None:
    play(tmp_path / "evidence")
    page = Page(render(tmp_path / "evidence").read_text())
    line = "Machines only: no guest lived in this drill; mmdebstrap is not installed and may not be: not root."
    assert page.text.count(f"The work {line} ") == 3
    assert "processes continued" not in page.text


def test_work_that_holds_a_secret_shows_the_mask(tmp_path: Path) -> None:
    secret = "Sentinel-77-sip-password"
    with Evidence(tmp_path / "evidence", {}, "duty officer") as evidence:
        evidence.forbid([secret])
        with evidence.scenario("S2", "The office is lost") as scenario:
            scenario.calls([but(CALL, why=f"403 for {secret}")])
            scenario.transactions([but(TRANSACTION, why=f"logged in as {secret}")])
            scenario.guests(but(GUESTS, troubles=[but(DEAD, words=f"password={secret}")]))
    text = render(tmp_path / "evidence").read_text(encoding="utf-8")
    assert secret not in text
    assert secret not in (tmp_path / "evidence" / "events.jsonl").read_text(encoding="utf-8")
    assert text.count("[secret]") >= 3


def test_what_guests_and_people_say_is_never_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'><i onclick=x>`"
    with Evidence(tmp_path / "evidence", {}, "duty officer") as evidence:
        with evidence.scenario("S2", "The office is lost") as scenario:
            tell_all_work(scenario, evil)
        with evidence.scenario("S3", "Zandermeer is lost") as scenario:
            scenario.machines_only(evil)
    page = Page(render(tmp_path / "evidence").read_text(encoding="utf-8"))
    assert not {tag for tag, _ in page.tags} & {"script", "i"}
    assert not [found for _, found in page.tags if "onclick" in found]
    assert page.text.count("<script>alert(1)</script>") > 40


def test_a_trouble_that_the_drill_lets_pass_is_still_told(tmp_path: Path) -> None:
    with Evidence(tmp_path / "evidence", {}, "duty officer") as evidence:
        evidence.describe(REGION)
        with evidence.scenario("S2", "The office is lost") as scenario:
            scenario.guests(but(GUESTS, troubles=[DEAD]))
            scenario.check("Something", 1, 1, True)
    page = Page(render(tmp_path / "evidence").read_text(encoding="utf-8"))
    assert "Guest in trouble kolkwijde-call-server-veldoord at Veldoord: kamailio.service died" in page.text
    assert "udp_init: Address already in use" in page.text
    assert "✕" not in page.text
