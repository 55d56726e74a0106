"""No secret enters the evidence."""

from __future__ import annotations

import base64
import datetime
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.evidence.pieces import saying, tell_all_work
from tests.evidence.sample import PASSWORD, play
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario_report import ChangedResource, LostMarker
from uitwijk.evidence.secrecy import Scrubber
from uitwijk.lessons.lesson import Lesson

ODD = 'p"ss/wörd\\+=1'


def everything(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


def lesson(text: str) -> Lesson:
    day = datetime.date(2026, 11, 27)
    closed = {"date": day, "by": text, "how": text}
    return Lesson(id="L1", text=text, owner=text, opened=day, due=day, drill=text, closed=closed)


def play_with_the_password_everywhere(folder: Path) -> None:
    with Evidence(folder, {"pulumi": f"3 {PASSWORD}"}, PASSWORD) as evidence:
        evidence.forbid([PASSWORD])
        evidence.reproduce(f"drill {PASSWORD}")
        evidence.limit(PASSWORD)
        evidence.carry_over([lesson(PASSWORD)])
        evidence.event("log in", PASSWORD, PASSWORD, PASSWORD)
        with evidence.scenario(f"S1-{PASSWORD}", PASSWORD, planned=[PASSWORD]) as scenario:
            scenario.check(PASSWORD, {PASSWORD: [PASSWORD]}, (PASSWORD, {PASSWORD}), True)
            scenario.placement("before", {"workloads": {PASSWORD: PASSWORD}})
            scenario.changes(PASSWORD, {PASSWORD: 1}, [saying(ChangedResource, PASSWORD)])
            scenario.data_loss(PASSWORD, [PASSWORD], [saying(LostMarker, PASSWORD, age_seconds=1)])
            scenario.recovery(PASSWORD, 1, 1.0, 1)
            scenario.machines_only(PASSWORD)
            tell_all_work(scenario, PASSWORD)
            evidence.log_file("up.log").write_text(f"password={PASSWORD}")
            with scenario.step(PASSWORD, PASSWORD):
                raise RuntimeError(f"cannot log in as {PASSWORD}")


def test_no_part_of_the_record_holds_a_forbidden_text(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    with pytest.raises(RuntimeError):
        play_with_the_password_everywhere(folder)
    assert PASSWORD not in everything(folder)
    assert "[secret]" in (folder / "logs" / "up.log").read_text()


def test_a_text_forbidden_late_vanishes_from_what_was_written(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    with Evidence(folder, {}, "duty officer") as evidence, evidence.scenario("S1", "A town hall") as scenario:
        scenario.check("Password", PASSWORD, PASSWORD, True)
        with scenario.step(f"Log in with {PASSWORD}") as step:
            evidence.forbid([PASSWORD])
            step.result = "logged in"
        assert PASSWORD not in everything(folder)
    assert PASSWORD not in everything(folder)
    assert json.loads((folder / "report.json").read_text())["scenarios"][0]["steps"][0]["result"] == "logged in"


def test_the_report_page_of_an_exercise_shows_the_mask_instead_of_the_password(tmp_path: Path) -> None:
    play(tmp_path / "evidence", broken=True)
    text = everything(tmp_path / "evidence")
    assert PASSWORD not in text
    assert "VSPHERE_PASSWORD=[secret]" in text


@pytest.mark.parametrize("lead", ["", "a", "ab"])
def test_a_secret_inside_base64_is_masked_at_every_alignment(lead: str) -> None:
    scrubber = Scrubber()
    scrubber.forbid([PASSWORD])
    encoded = base64.b64encode(f"{lead}{PASSWORD} and more".encode()).decode()
    assert "[secret]" in scrubber.scrub(encoded)


@pytest.mark.parametrize("shown", [ODD, json.dumps(ODD), json.dumps(ODD, ensure_ascii=False), quote(ODD, safe="")])
def test_a_secret_is_masked_as_json_and_as_an_address_show_it(shown: str) -> None:
    scrubber = Scrubber()
    scrubber.forbid([ODD])
    assert scrubber.scrub(shown).strip('"') == "[secret]"


def test_a_secret_that_contains_another_is_masked_whole() -> None:
    scrubber = Scrubber()
    scrubber.forbid(["secret-part", "secret-part-and-tail"])
    assert scrubber.scrub("x secret-part-and-tail y") == "x [secret] y"


def test_a_secret_too_short_to_mask_is_refused_and_an_empty_one_ignored() -> None:
    scrubber = Scrubber()
    scrubber.forbid(["", "  "])
    with pytest.raises(ValueError, match="fewer than 4"):
        scrubber.forbid(["abc"])
    assert scrubber.scrub("abc") == "abc"


def test_a_log_that_is_no_text_keeps_its_other_bytes(tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    log.write_bytes(b"\xff\xfe " + PASSWORD.encode() + b" \x80\r\n")
    scrubber = Scrubber()
    scrubber.forbid([PASSWORD])
    scrubber.scrub_file(log)
    assert log.read_bytes() == b"\xff\xfe [secret] \x80\r\n"
