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
        "stack bolsward",
        "state and secrets bolsward",
        "vCenter bolsward",
        "stack leeuwarden",
        "state and secrets leeuwarden",
        "vCenter leeuwarden",
        "mirror",
        "replica bolsward at leeuwarden",
        "replica leeuwarden at bolsward",
        "split brain",
    ]


def test_every_finding_has_a_remedy_and_nothing_else_has(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("bolsward", refusing)
    engine.applied("bolsward", 7, "x")
    for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]:
        assert bool(line["remedy"]) == (line["verdict"] != "ok"), line


def test_the_delivered_region_bears_every_single_loss(desk: Desk) -> None:
    bearable = {subject: line["verdict"] for subject, line in lines(desk).items() if CALAMITY.match(subject)}
    known = ("harlingen-town-hall", "leeuwarden-town-hall")
    assert bearable == {s: "attention" if s.endswith(known) else "ok" for s in bearable}
    assert len(bearable) == 2 + 9 + 2
    assert "if lost leeuwarden, closed leeuwarden-town-hall" in bearable


def test_an_accepted_shortfall_needs_attention_and_is_named_with_owner_and_date(desk: Desk) -> None:
    line = lines(desk)["if closed harlingen-town-hall"]
    assert (line["verdict"], line["why"]) == (
        "attention",
        "8 seats short, accepted by the board of the ISZF on 2026-06-30",
    )


def test_more_people_without_a_seat_than_were_accepted_fail(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "region.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    seats: 8\n", "    seats: 7\n"), encoding="utf-8")
    said = desk.uitwijk("check", "--json")
    line = {each["subject"]: each for each in json.loads(said.out)["lines"]}["if closed harlingen-town-hall"]
    assert (said.code, line["verdict"]) == (1, "fail")
    assert "8 seats short (harlingen 8), 7 accepted" in line["why"]


def test_a_site_that_cannot_carry_everything_fails(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "leeuwarden", (3, 4, 5))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    found = lines(desk)
    assert found["if lost bolsward"]["verdict"] == "fail"
    assert "no room for" in found["if lost bolsward"]["why"]
    assert found["if lost leeuwarden"]["verdict"] == "ok"


def test_a_site_without_a_spare_host_needs_attention(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not _host(line, "leeuwarden", (5,))]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert lines(desk)["if lost bolsward"]["why"] == "no spare host at leeuwarden"


def _host(line: str, site: str, numbers: tuple[int, ...]) -> bool:
    return any(f"{site}-host-{number}," in line for number in numbers)


def test_a_spoiled_catalogue_fails_with_every_problem(desk: Desk) -> None:
    hall = desk.folder / "catalogue" / "municipalities" / "harlingen.yaml"
    hall.write_text(hall.read_text(encoding="utf-8").replace("home: bolsward", "home: sneek\nfax: 1"), encoding="utf-8")
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
    assert any(line["subject"] == "if lost bolsward" for line in found)


def test_a_situation_that_is_not_normal_needs_attention(desk: Desk) -> None:
    desk.must_declare("lost bolsward closed iszf-office override peer-holds")
    why = lines(desk)["situation"]["why"]
    assert why == "epoch 2: bolsward is lost; iszf-office is closed; peer-holds is overridden"


def test_a_hypothetical_situation_fails(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("hypothetical: false", "hypothetical: true"), encoding="utf-8")
    assert lines(desk)["situation"]["verdict"] == "fail"


def test_stacks_at_the_situations_epoch_are_ok(desk: Desk, engine: Stacks) -> None:
    both_applied(desk, engine)
    assert lines(desk)["stack leeuwarden"] == {
        "subject": "stack leeuwarden",
        "verdict": "ok",
        "why": "epoch 1, 0 machines, nothing pending",
        "remedy": "",
    }


STATES = {
    "an older epoch": ((1, "x", ()), "attention", "is at epoch 1, the situation at epoch 2"),
    "a newer epoch": ((3, "x", ()), "fail", "has applied epoch 3, the situation here is only epoch 2"),
    "another situation of the same epoch": ((2, "x", ()), "fail", "another situation with the same epoch 2"),
    "an interrupted update": ((2, "", ("harlingen-counter-application-1",)), "fail", "harlingen-counter-application-1"),
}


@pytest.mark.parametrize(("applied", "verdict", "why"), STATES.values(), ids=STATES.keys())
def test_a_stack_that_is_not_where_the_situation_is(
    desk: Desk, engine: Stacks, applied: tuple[int, str, tuple[str, ...]], verdict: str, why: str
) -> None:
    desk.must_declare("closed balk-town-hall")
    epoch, digest, pending = applied
    engine.applied("bolsward", epoch, digest or desk.situation.digest, pending)
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == verdict
    assert why in line["why"]


def test_a_stack_that_was_never_brought_up_needs_attention(desk: Desk, engine: Stacks) -> None:
    engine.empty("bolsward")
    assert lines(desk)["stack bolsward"]["why"] == "was never brought up"


def test_a_stack_that_is_not_initialised_was_not_checked(desk: Desk, engine: Stacks) -> None:
    assert engine.asked == set()
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == "attention"
    assert line["remedy"] == "`pulumi stack init bolsward`"


def test_a_state_that_cannot_be_read_fails(desk: Desk, engine: Stacks) -> None:
    engine.complains("bolsward", "read bucket: connection reset")
    line = lines(desk)["stack bolsward"]
    assert line["verdict"] == "fail"
    assert "read bucket: connection reset" in line["why"]


def test_a_state_that_is_no_state_fails(desk: Desk, engine: Stacks) -> None:
    engine.applied("bolsward", 1, "x")
    engine.spoiled("bolsward")
    assert lines(desk)["stack bolsward"]["verdict"] == "fail"


def test_the_stack_of_a_site_that_is_declared_lost_is_never_asked(desk: Desk, engine: Stacks) -> None:
    both_applied(desk, engine)
    desk.must_declare("lost bolsward")
    assert lines(desk)["stack bolsward"]["why"] == "not asked: the site is declared lost"
    assert "bolsward.state" not in engine.asked


def test_a_peers_state_is_read_where_the_configuration_says(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("bolsward", refusing, peers={"leeuwarden": {"backend": "file:///elsewhere"}})
    both_applied(desk, engine)
    assert lines(desk)["stack leeuwarden"]["verdict"] == "ok"


def test_a_vcenter_that_does_not_answer_fails_without_telling_its_password(
    desk: Desk, engine: Stacks, refusing: str
) -> None:
    engine.configured("bolsward", refusing)
    said = desk.uitwijk("check")
    assert said.code == 1
    assert f"{refusing} refuses connections" in " ".join(said.out.split())
    assert PASSWORD not in said.out + said.err + desk.uitwijk("check", "--json").out


def test_a_stack_without_a_password_for_its_vcenter_was_not_checked(desk: Desk, engine: Stacks) -> None:
    engine.configured("bolsward", "127.0.0.1:1", vcenterPassword="")
    line = lines(desk)["vCenter bolsward"]
    assert line["verdict"] == "attention"
    assert "has no uitwijk:vcenterPassword" in line["why"]


def test_what_fails_comes_first_on_80_columns(desk: Desk, engine: Stacks, refusing: str) -> None:
    engine.configured("leeuwarden", refusing)
    said = desk.uitwijk("check").out.splitlines()
    assert said[0].startswith("FAIL       vCenter leeuwarden:")
    assert said[-1].startswith("1 fail, ") or said[-2].startswith("1 fail, ")
    assert max(len(line) for line in said) <= 80
