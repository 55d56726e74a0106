"""`uitwijk check`: each line can be made to fail, and says why and what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.commands.conftest import Desk
from tests.commands.stacks import PASSWORD, Stacks, both_applied, lines

CALAMITY = re.compile(r"if (lost|closed) ")


def test_without_pulumi_nothing_fails_and_what_was_not_checked_is_named(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    said = desk.uitwijk("check", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["verdict"]) == (0, "attention")
    unchecked = [line["subject"] for line in facts["lines"] if "not checked, because" in line["why"]]
    assert unchecked == [
        "stack veldoord",
        "state and secrets veldoord",
        "vCenter veldoord",
        "stack zandermeer",
        "state and secrets zandermeer",
        "vCenter zandermeer",
        "mirror",
        "replica veldoord at zandermeer",
        "replica zandermeer at veldoord",
        "split brain",
    ]


def test_every_finding_has_a_remedy_and_nothing_else_has(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("veldoord", refusing)
    engine.applied("veldoord", 7, "x")
    for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]:
        assert bool(line["remedy"]) == (line["verdict"] != "ok"), line


def test_a_region_bears_every_single_loss(desk: Desk) -> None:
    bearable = {subject: line["verdict"] for subject, line in lines(desk).items() if CALAMITY.match(subject)}
    known = ("kolkwijde-town-hall", "zandermeer-town-hall")
    assert bearable == {s: "attention" if s.endswith(known) else "ok" for s in bearable}
    assert len(bearable) == 2 + 4 + 2
    assert "if lost zandermeer, closed zandermeer-town-hall" in bearable


def test_an_accepted_shortfall_needs_attention_and_is_named_with_owner_and_date(desk: Desk) -> None:
    line = lines(desk)["if closed kolkwijde-town-hall"]
    assert (line["verdict"], line["why"]) == (
        "attention",
        "10 seats short, accepted by the board of Kust on 2026-03-31",
    )


def test_more_people_without_a_seat_than_were_accepted_fail(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "region.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    seats: 10\n", "    seats: 9\n"), encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    line = {each["subject"]: each for each in json.loads(said.out)["lines"]}["if closed kolkwijde-town-hall"]
    assert (said.code, line["verdict"]) == (1, "fail")
    assert "10 seats short (kolkwijde 10), 9 accepted" in line["why"]


def test_a_site_that_cannot_carry_everything_fails(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "zandermeer", (3, 4, 5))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = lines(desk)
    assert found["if lost veldoord"]["verdict"] == "fail"
    assert "no room for" in found["if lost veldoord"]["why"]
    assert found["if lost zandermeer"]["verdict"] == "ok"


def test_a_site_without_a_spare_host_needs_attention(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "zandermeer", (5,))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert lines(desk)["if lost veldoord"]["why"] == "no spare host at zandermeer"


def _host(line: str, site: str, numbers: tuple[int, ...]) -> bool:
    return any(f"{site}-host-{number}," in line for number in numbers)


def test_a_spoiled_catalogue_fails_with_every_problem(desk: Desk) -> None:
    hall = desk.folder / "catalogue" / "municipalities" / "kolkwijde.yaml"
    hall.write_text(
        hall.read_text(encoding="utf-8").replace("home: veldoord", "home: elders\nfax: 1"), encoding="utf-8"
    )
    said = desk.uitwijk("check", "--json")
    assert said.code == 1
    whys = [line["why"] for line in json.loads(said.out)["lines"]]
    assert any("fax" in why for why in whys)
    assert all(line["verdict"] == "fail" for line in json.loads(said.out)["lines"])


def test_a_spoiled_situation_fails_and_the_losses_are_still_judged(desk: Desk) -> None:
    desk.file.write_text("epoch: 0\n", encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    found = json.loads(said.out)["lines"]
    assert said.code == 1
    assert {line["verdict"] for line in found if line["subject"] == "situation"} == {"fail"}
    assert any(line["subject"] == "if lost veldoord" for line in found)


def test_a_situation_that_is_not_normal_needs_attention(desk: Desk) -> None:
    desk.must_declare("lost veldoord closed kust-office override peer-holds")
    why = lines(desk)["situation"]["why"]
    assert why == "epoch 2: veldoord is lost; kust-office is closed; peer-holds is overridden"


def test_a_hypothetical_situation_fails(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("hypothetical: false", "hypothetical: true"), encoding="utf-8")
    assert lines(desk)["situation"]["verdict"] == "fail"


def test_stacks_at_the_situations_epoch_are_ok(desk: Desk, engine: Stacks) -> None:
    both_applied(desk, engine)
    assert lines(desk)["stack zandermeer"] == {
        "subject": "stack zandermeer",
        "verdict": "ok",
        "why": "epoch 1, 0 machines, nothing pending",
        "remedy": "",
    }


STATES = {
    "an older epoch": ((1, "x", ()), "attention", "is at epoch 1, the situation at epoch 2"),
    "a newer epoch": ((3, "x", ()), "fail", "has applied epoch 3, the situation here is only epoch 2"),
    "another situation of the same epoch": ((2, "x", ()), "fail", "another situation with the same epoch 2"),
    "an interrupted update": ((2, "", ("kolkwijde-counter-application-1",)), "fail", "kolkwijde-counter-application-1"),
}


@pytest.mark.parametrize(("applied", "verdict", "why"), STATES.values(), ids=STATES.keys())
def test_a_stack_that_is_not_where_the_situation_is(
    desk: Desk, engine: Stacks, applied: tuple[int, str, tuple[str, ...]], verdict: str, why: str
) -> None:
    desk.must_declare("closed wilgendam-town-hall")
    epoch, digest, pending = applied
    engine.applied("veldoord", epoch, digest or desk.situation.digest, pending)
    line = lines(desk)["stack veldoord"]
    assert line["verdict"] == verdict
    assert why in line["why"]


def test_a_stack_that_was_never_brought_up_needs_attention(desk: Desk, engine: Stacks) -> None:
    engine.empty("veldoord")
    assert lines(desk)["stack veldoord"]["why"] == "was never brought up"


def test_a_stack_that_is_not_initialised_was_not_checked(desk: Desk, engine: Stacks) -> None:
    assert engine.asked == set()
    line = lines(desk)["stack veldoord"]
    assert line["verdict"] == "attention"
    assert line["remedy"] == "`pulumi stack init veldoord`"


def test_a_state_that_cannot_be_read_fails(desk: Desk, engine: Stacks) -> None:
    engine.complains("veldoord", "read bucket: connection reset")
    line = lines(desk)["stack veldoord"]
    assert line["verdict"] == "fail"
    assert "read bucket: connection reset" in line["why"]


def test_a_state_that_is_no_state_fails(desk: Desk, engine: Stacks) -> None:
    engine.applied("veldoord", 1, "x")
    engine.spoiled("veldoord")
    assert lines(desk)["stack veldoord"]["verdict"] == "fail"


def test_the_stack_of_a_site_that_is_declared_lost_is_never_asked(desk: Desk, engine: Stacks) -> None:
    both_applied(desk, engine)
    desk.must_declare("lost veldoord")
    assert lines(desk)["stack veldoord"]["why"] == "not asked: the site is declared lost"
    assert "veldoord.state" not in engine.asked


def test_a_peers_state_is_read_where_the_configuration_says(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("veldoord", refusing, peers={"zandermeer": {"backend": "file:///elsewhere"}})
    both_applied(desk, engine)
    assert lines(desk)["stack zandermeer"]["verdict"] == "ok"


def test_a_vcenter_that_does_not_answer_fails_without_telling_its_password(
    desk: Desk, engine: Stacks, refusing: str
) -> None:
    engine.configured("veldoord", refusing)
    said = desk.uitwijk("check")
    assert said.code == 1
    assert f"{refusing} refuses connections" in " ".join(said.out.split())
    assert PASSWORD not in said.out + said.err + desk.uitwijk("check", "--json").out


def test_a_stack_without_a_password_for_its_vcenter_was_not_checked(desk: Desk, engine: Stacks) -> None:
    engine.configured("veldoord", "127.0.0.1:1", vcenterPassword="")
    line = lines(desk)["vCenter veldoord"]
    assert line["verdict"] == "attention"
    assert "has no uitwijk:vcenterPassword" in line["why"]


def test_what_fails_comes_first_on_80_columns(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("zandermeer", refusing)
    said = desk.uitwijk("check").out.splitlines()
    assert said[0].startswith("FAIL       vCenter zandermeer:")
    assert said[-1].startswith("1 fail, ") or said[-2].startswith("1 fail, ")
    assert max(len(line) for line in said) <= 80


def test_a_stack_in_another_backend_tells_its_vcenter_by_its_stack_file(
    desk: Desk, engine: Stacks, refusing: str
) -> None:
    engine.configured("veldoord", refusing)
    assert "not checked" in lines(desk)["vCenter zandermeer"]["why"]
    engine.configured_by_file("zandermeer", refusing, desk.folder)
    assert lines(desk)["vCenter zandermeer"]["why"] == f"{refusing} refuses connections"
