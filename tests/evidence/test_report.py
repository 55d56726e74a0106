"""The page that people read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.evidence.page import Page
from tests.evidence.pieces import saying
from tests.evidence.sample import LESSONS, play
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.report.page import render
from uitwijk.evidence.recorder import Evidence
from uitwijk.evidence.scenario_report import ChangedResource

MINIMAL = {
    "verdict": "passed",
    "started": "2026-11-27T08:12:00.000Z",
    "ended": "2026-11-27T08:13:00.000Z",
    "tools": {},
    "scenarios": [
        {
            "key": "S1",
            "name": "A hall",
            "verdict": "passed",
            "steps": [],
            "checks": [],
            "lessons": [],
            "not_executed": [],
        }
    ],
}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Evidence of an exercise with failed checks, an interruption and some 300 checks."""
    folder = tmp_path_factory.mktemp("exercise") / "evidence"
    play(folder, broken=True)
    return folder


@pytest.fixture(scope="module")
def page(broken: Path) -> Page:
    return Page(render(broken).read_text(encoding="utf-8"))


@pytest.fixture
def page_of(tmp_path: Path) -> Callable[[object], Page]:
    """The page of a report.json with the given content."""

    def make(content: object) -> Page:
        (tmp_path / "report.json").write_text(json.dumps(content))
        return Page(render(tmp_path).read_text(encoding="utf-8"))

    return make


def test_the_page_is_well_formed_and_its_ids_are_unique(page: Page) -> None:
    assert page.tags[0] == ("html", {"lang": "en"})
    assert len(page.ids) == len(set(page.ids))


def test_headings_descend_one_level_at_a_time(page: Page) -> None:
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_the_page_loads_nothing(page: Page) -> None:
    assert page.addresses
    assert {address for address in page.addresses if not address.startswith("#")} == set()
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed"}
    policy = [found["content"] for tag, found in page.tags if "http-equiv" in found]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_every_link_leads_to_a_place_on_the_page(page: Page) -> None:
    assert {address.removeprefix("#") for address in page.addresses} <= set(page.ids)


def test_every_column_and_row_heading_has_a_scope(page: Page) -> None:
    scopes = {found.get("scope") for tag, found in page.tags if tag == "th"}
    assert scopes == {"col", "row"}


def test_every_drawing_has_words_or_is_hidden_from_readers(page: Page) -> None:
    drawings = [found for tag, found in page.tags if tag == "svg"]
    assert drawings
    for found in drawings:
        assert found.get("aria-hidden") == "true" or set(str(found["aria-labelledby"]).split()) <= set(page.ids)


def test_every_check_step_and_lesson_is_on_the_page(page: Page, broken: Path) -> None:
    report = json.loads((broken / "report.json").read_text())
    names = [check["name"] for scenario in report["scenarios"] for check in scenario["checks"]]
    assert len(names) > 70
    for scenario in report["scenarios"]:
        assert all(check["name"] in page.text for check in scenario["checks"])
        assert all(step["name"] in page.text and step["result"] in page.text for step in scenario["steps"])
        assert all(left["step"].replace("`", "") in page.text for left in scenario["not_executed"])


def test_every_lesson_is_told_with_its_owner_its_dates_and_what_became_of_it(page: Page) -> None:
    table = page.text.partition("What earlier exercises and calamities taught")[2].partition("What this exercise")[0]
    assert (
        "L2. Rehearse the promotion with the storage administrator twice a year. ICT manager, Kust "
        "S2, from evidence/20260227-081500 2026-03-06 2026-10-01 Overdue " in table
    )
    assert "continuity managers, jointly all scenarios 2026-03-06 2027-03-01 Open " in table
    assert "2026-06-01 Closed on 2026-05-20 by continuity manager, Kolkwijde: two keys, at the police " in table
    assert "Lesson overdue Rehearse the promotion" in page.text


def test_lessons_that_only_stand_in_a_scenario_are_told_too_and_each_is_told_once(
    page_of: Callable[[object], Page],
) -> None:
    lesson = {"text": "Count the keys.", "owner": "facility manager"}
    scenarios = [MINIMAL["scenarios"][0] | {"lessons": [lesson]}] * 2  # type: ignore[index]
    text = page_of(MINIMAL | {"scenarios": scenarios}).text
    assert text.count("Count the keys. facility manager all scenarios") == 1


def test_a_scenario_says_what_was_not_done_or_that_all_was_done(page: Page) -> None:
    said = page.text.split("Steps not executed")[1:]
    assert [part.strip().startswith("None: every step that was planned was done.") for part in said] == [
        True,
        True,
        True,
        False,
    ]


def test_what_is_left_to_people_is_told_once_with_its_owner_and_asks_for_no_attention(page: Page) -> None:
    fencing = "Fencing: keep the production network of zandermeer cut until its pulumi up as drained went through"
    assert page.text.count(fencing) == page.text.count(f"{fencing} Network administrator left to people") == 1
    attention = page.text.partition("What needs attention")[2].partition("Timeline")[0]
    assert "Not executed Count the keys of the town hall (nobody had the list)" in attention
    assert "Fencing" not in attention


def test_the_verdict_is_said_in_words(page: Page) -> None:
    assert "2 of 4 scenarios did not do what was expected." in page.text
    assert page.text.count("Failed") >= 4


def test_times_are_named_as_what_they_are(page: Page) -> None:
    assert "Engine time on simulated vCenters, not a recovery time." in page.text


def test_failures_are_told_before_anything_that_passed(page: Page) -> None:
    assert page.text.index("What needs attention") < page.text.index("checks that passed")
    assert "✕ Check failed The address of kolkwijde-civil-affairs-database-1 follows its name" in page.text
    assert "stopped by the operator; in the step “Take over at Veldoord”" in page.text
    assert "Missing kolkwijde-civil-affairs-application-1, kolkwijde-civil-affairs-database-1" in page.text
    assert "Not expected kolkwijde-counter-copy-1" in page.text


def test_a_scenario_that_failed_says_what_was_intended_not_what_happened(page: Page) -> None:
    assert "Intended: 9 workloads move from Zandermeer to Veldoord." in page.text


def test_names_keep_their_accents_and_numbers_are_readable(page: Page) -> None:
    assert "Reeënmeer" in page.text
    assert "+31 527 991 200" in page.text


def test_a_passed_exercise_needs_one_sentence(tmp_path: Path) -> None:
    play(tmp_path / "evidence")
    page = Page(render(tmp_path / "evidence").read_text())
    assert "All 4 scenarios did what was expected." in page.text
    assert "✕" not in page.text


def test_text_from_the_record_is_never_markup(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>\"'><b onclick=x>`<i>`"
    with (
        Evidence(tmp_path / "evidence", {evil: evil}, evil) as evidence,
        evidence.scenario("S1-x", evil) as scenario,
    ):
        evidence.carry_over([LESSONS[-1].model_copy(update={"text": evil, "owner": evil, "drill": evil})])
        with scenario.step(evil, evil) as step:
            step.result = evil
        scenario.check(evil, evil, [evil], False)
        scenario.not_executed(evil, evil)
        scenario.changes(evil, {evil: 1}, [saying(ChangedResource, evil)])
        scenario.placement("before", {"workloads": {evil: evil}})
        scenario.placement(
            "during", {"workloads": {evil: None}, "shed": [evil], "manual_steps": [{"owner": evil, "step": evil}]}
        )
    page = Page(render(tmp_path / "evidence").read_text())
    assert {tag for tag, _ in page.tags} & {"script", "b", "i"} <= {"b"}
    assert not [found for _, found in page.tags if "onclick" in found]
    assert "<script>alert(1)</script>" in page.text


def test_the_contracted_keys_alone_make_a_page(page_of: Callable[[object], Page]) -> None:
    assert "The scenario did what was expected." in page_of(MINIMAL).text


def test_an_exercise_that_was_killed_is_shown_as_not_played_to_its_end(page_of: Callable[[object], Page]) -> None:
    page = page_of(MINIMAL | {"verdict": "failed", "ended": None})
    assert "not played to its end" in page.text
    assert "not ended" in page.text


def test_an_exercise_without_a_scenario_says_so(page_of: Callable[[object], Page]) -> None:
    assert "No scenario was played." in page_of(MINIMAL | {"verdict": "failed", "scenarios": []}).text


def test_a_folder_without_evidence_is_named(tmp_path: Path) -> None:
    with pytest.raises(UitwijkError, match=r"report\.json does not exist: name a folder"):
        render(tmp_path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is no JSON"),
        ("[]", "Input should be"),
        (json.dumps(MINIMAL | {"verdict": "perhaps"}), "verdict: Input should be 'passed' or 'failed'"),
        (json.dumps({"verdict": "passed"}), "scenarios: Field required"),
    ],
)
def test_a_file_that_no_exercise_left_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "report.json").write_text(content)
    with pytest.raises(UitwijkError, match=complaint):
        render(tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_rendering_again_gives_the_same_page(broken: Path) -> None:
    first = render(broken).read_bytes()
    assert render(broken).read_bytes() == first
