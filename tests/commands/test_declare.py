"""`uitwijk declare`: writes one epoch, keeps everything else, and refuses without touching anything."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest

from tests.commands.conftest import Desk, lines_of
from uitwijk import files
from uitwijk.commands import declare as declaring
from uitwijk.commands import situation_file
from uitwijk.commands.situation_file import write_situation
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState


def comments(text: str) -> list[str]:
    return [line[line.index("#") :] for line in text.splitlines() if "#" in line]


def test_several_changes_are_one_epoch_with_one_log_entry(desk: Desk) -> None:
    said = desk.declare("lost veldoord closed kust-office")
    after = desk.situation
    assert said.code == 0
    assert (after.epoch, after.sites["veldoord"]) == (2, SiteState.LOST)
    assert list(after.closed_buildings) == ["kust-office"]
    assert [(entry.epoch, entry.change) for entry in after.log] == [
        (1, "all normal"),
        (2, "lost veldoord, closed kust-office"),
    ]
    assert (after.log[-1].by, after.log[-1].reason) == ("duty officer", "fire")


def test_comments_and_layout_stay(desk: Desk) -> None:
    before = desk.file.read_text(encoding="utf-8")
    desk.must_declare("lost veldoord closed kust-office", "promoted veldoord at zandermeer", "drained veldoord")
    after = desk.file.read_text(encoding="utf-8")
    assert comments(after) == comments(before)
    assert after.splitlines()[:2] == before.splitlines()[:2]
    assert "sites: {veldoord: drained, zandermeer: normal}           # normal | lost | drained" in after.splitlines()


def test_undoing_everything_leaves_only_the_epoch_and_the_log_different(desk: Desk) -> None:
    before = desk.file.read_text(encoding="utf-8").splitlines()
    desk.must_declare("lost veldoord closed kust-office override peer-holds", "normal veldoord opened kust-office")
    after = desk.file.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before][:1] == ["epoch: 3"]
    assert [line for line in before if line not in after] == ["epoch: 1"]
    assert len(after) == len(before) + 2


def test_a_file_in_block_style_stays_in_block_style(desk: Desk) -> None:
    desk.file.write_text(
        "# ours\nepoch: 7\nsites:\n  veldoord: normal   # the office\n  zandermeer: normal\n"
        "data:\n  zandermeer: zandermeer\n  veldoord: veldoord\nclosed_buildings: {}\n"
        "override: []\nhypothetical: false\nlog:\n- epoch: 7\n  at: 2026-11-01T09:00:00Z\n"
        "  by: somebody\n  change: x\n  reason: y\n",
        encoding="utf-8",
    )
    desk.must_declare("lost veldoord override peer-unreadable")
    text = desk.file.read_text(encoding="utf-8")
    assert text.startswith("# ours\nepoch: 8\nsites:\n  veldoord: lost     # the office\n  zandermeer: normal\ndata:\n")
    assert "\n- epoch: 8\n  at: 20" in text
    assert desk.situation.override == ("peer-unreadable",)


@pytest.mark.parametrize("end", [b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("last", [0, -1, -2])
def test_windows_line_ends_stay_and_come_once(desk: Desk, end: bytes, last: int) -> None:
    content = desk.file.read_bytes().replace(b"\n", end)
    desk.file.write_bytes(content[:last] if last else content)
    desk.must_declare("lost veldoord closed kust-office", "normal veldoord opened kust-office")
    content = desk.file.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r") > 1


def test_mixed_line_ends_become_those_of_windows(desk: Desk) -> None:
    desk.file.write_bytes(desk.file.read_bytes().replace(b"\n", b"\r\n", 3))
    desk.must_declare("lost veldoord")
    content = desk.file.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


def test_words_that_mean_something_in_yaml_arrive_as_they_were_typed(desk: Desk) -> None:
    reason = 'smoke: "thick", # 50% {gone} - yes'
    desk.uitwijk("declare", "lost", "veldoord", "--by", "Sjoerd û", "--reason", reason)
    assert (desk.situation.log[-1].by, desk.situation.log[-1].reason) == ("Sjoerd û", reason)


def test_an_override_ends_with_the_next_declaration(desk: Desk) -> None:
    desk.must_declare("lost veldoord override peer-holds")
    assert desk.situation.override == ("peer-holds",)
    desk.must_declare("closed wilgendam-town-hall")
    assert desk.situation.override == ()


def test_staff_go_where_the_duty_officer_sends_them(desk: Desk) -> None:
    said = desk.declare(
        "closed kolkwijde-town-hall", "--staff-to", "wilgendam-town-hall=5", "--staff-to", "kust-office=2"
    )
    assert desk.situation.closed_buildings["kolkwijde-town-hall"].staff_to == {
        "wilgendam-town-hall": 5,
        "kust-office": 2,
    }
    assert "staff of Kolkwijde" in said.out


def test_several_promotions_take_one_site_or_one_each(desk: Desk) -> None:
    desk.must_declare("drained veldoord drained zandermeer", "promoted veldoord --at zandermeer")
    assert desk.situation.data["veldoord"] == "zandermeer"
    said = desk.declare("promoted veldoord promoted zandermeer", "--at", "veldoord")
    assert said.code == 0
    assert dict(desk.situation.data) == {"veldoord": "veldoord", "zandermeer": "veldoord"}


def test_a_hypothetical_file_stays_hypothetical(desk: Desk) -> None:
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("hypothetical: false", "hypothetical: true"), encoding="utf-8")
    said = desk.declare("lost veldoord")
    assert desk.situation.hypothetical
    assert "never applied" in said.out


def test_another_file_can_be_declared_in_and_the_next_command_names_it(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other folder" / "situation.yaml"
    other.parent.mkdir()
    other.write_bytes(desk.file.read_bytes())
    before = desk.file.read_bytes()
    said = desk.declare("lost veldoord", "--situation", str(other))
    assert desk.file.read_bytes() == before
    assert f"--reason fire --situation '{other}'" in said.out


def test_a_dry_run_shows_everything_and_writes_nothing(desk: Desk) -> None:
    before = desk.file.read_bytes()
    said = desk.declare("lost veldoord closed kust-office", "--dry-run")
    assert "19 workloads (36 machines)" in said.out
    assert "pulumi up --stack zandermeer --continue-on-error" in said.out
    assert (said.code, desk.file.read_bytes()) == (0, before)


def test_it_shows_what_moves_stops_and_is_short_and_who_does_what(desk: Desk) -> None:
    said = " ".join(desk.declare("lost zandermeer closed zandermeer-town-hall", "--dry-run").out.split())
    for words in (
        "9 workloads (18 machines) of Zandermeer: zandermeer to veldoord",
        "16 of 40 staff of Zandermeer have no seat",
        "travel-documents (the station is in zandermeer-town-hall, which is closed)",
        "storage administrator: Promote the replica of dataset zandermeer at veldoord",
    ):
        assert words in said


def test_the_commands_to_run_next_are_whole_lines(desk: Desk) -> None:
    lines = lines_of(desk.declare("lost veldoord closed kust-office"))
    after = lines.index("# once the storage administrator promoted the replica:")
    assert lines[after + 1 : after + 4] == [
        "uitwijk declare promoted veldoord --at zandermeer --by 'duty officer' --reason fire",
        "pulumi preview --stack zandermeer",
        "pulumi up --stack zandermeer --continue-on-error",
    ]


REFUSED = {
    "an unknown verb": ("burn veldoord", "burn cannot be declared; say one of lost, drained"),
    "a verb without an object": ("lost", "what is lost?"),
    "a verb where an object should be": ("lost closed kust-office", "what is lost?"),
    "a site that does not exist": ("lost elders", "elders is no site; there are: veldoord, zandermeer"),
    "a building that does not exist": ("closed elders-town-hall", "elders-town-hall is no building"),
    "a dataset that does not exist": ("promoted elders at veldoord", "elders is no dataset"),
    "a site to promote at that does not exist": ("promoted veldoord at elders", "elders is no site"),
    "a promotion without a site": ("promoted veldoord", "Say --at SITE"),
    "a promotion at a lost site": ("promoted veldoord at zandermeer lost zandermeer", "zandermeer is declared lost"),
    "a promotion that changes nothing": ("promoted veldoord at veldoord", "is writable at veldoord already"),
    "a row that cannot be overridden": ("override epoch", "there are: peer-holds, peer-unreadable"),
    "a state that the site has": ("normal veldoord", "veldoord is normal already"),
    "opening an open building": ("opened kust-office", "kust-office is not closed"),
    "two states of one site": ("lost veldoord drained veldoord", "veldoord is declared 2 times in one call"),
    "one right and one wrong change": ("lost veldoord closed nowhere", "nowhere is no building"),
    "staff for two closed buildings": (
        "closed wilgendam-town-hall closed kust-office --staff-to wilgendam-town-hall=1",
        "closes 2",
    ),
    "staff without a number": (
        "closed wilgendam-town-hall --staff-to wilgendam-town-hall",
        "not written as BUILDING=SEATS",
    ),
    "no staff at all": (
        "closed wilgendam-town-hall --staff-to wilgendam-town-hall=0",
        "seats are whole numbers, 1 or more",
    ),
    "staff to a building that does not exist": (
        "closed wilgendam-town-hall --staff-to elders=1",
        "elders is no building",
    ),
    "staff to the closed building itself": (
        "closed wilgendam-town-hall --staff-to wilgendam-town-hall=1",
        "wilgendam-town-hall: is closed itself",
    ),
    "a site for a promotion that is not there": ("lost veldoord --at zandermeer", "--at is given 1 times"),
}


@pytest.mark.parametrize(("words", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_changes_nothing(desk: Desk, words: str, message: str) -> None:
    before = desk.file.read_bytes()
    said = desk.declare(words)
    assert said.code == 2
    assert message in said.err
    assert all(line.startswith("error: ") for line in said.err.splitlines())
    assert desk.file.read_bytes() == before
    assert sorted(os.listdir(desk.folder)) == ["Pulumi.yaml", "catalogue", "situation.yaml"]


def test_a_site_whose_data_was_promoted_away_comes_back_as_drained_first(desk: Desk) -> None:
    desk.must_declare("lost veldoord", "promoted veldoord at zandermeer")
    said = desk.declare("normal veldoord")
    assert said.code == 2
    assert "comes back as drained first" in said.err


def test_nobody_and_no_reason_are_refused_where_nobody_can_be_asked(desk: Desk) -> None:
    said = desk.uitwijk("declare", "lost", "veldoord")
    assert said.code == 2
    assert said.err.splitlines() == [
        "error: declare: --by is empty; the log needs it",
        "error: declare: --reason is empty; the log needs it",
    ]


class Terminal:
    """A person at a terminal who types prepared answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(declaring, "on_terminal", lambda: True)

    def types(self, *answers: str) -> None:
        self._monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


def test_on_a_terminal_it_asks_before_it_writes(desk: Desk, terminal: Terminal) -> None:
    before = desk.file.read_bytes()
    terminal.types("n")
    said = desk.declare("lost veldoord")
    assert said.code == 1
    assert desk.file.read_bytes() == before
    shown, question, after = said.out.partition("Declare as epoch 2 in situation.yaml: lost veldoord? [y/N]")
    for words in ("36 machines", "storage administrator: ", "pulumi up --stack zandermeer --continue-on-error"):
        assert words in shown
    assert question
    assert after == ": Nothing was declared.\n"


def test_on_a_terminal_it_asks_who_and_why(desk: Desk, terminal: Terminal) -> None:
    terminal.types("duty officer", "smoke", "y")
    assert desk.uitwijk("declare", "lost", "veldoord").code == 0
    assert (desk.situation.log[-1].by, desk.situation.log[-1].reason) == ("duty officer", "smoke")


def test_yes_asks_nothing(desk: Desk, terminal: Terminal) -> None:
    terminal.types()
    assert desk.declare("lost veldoord", "--yes").code == 0
    assert desk.situation.epoch == 2


def test_leaving_at_the_question_changes_nothing(desk: Desk, terminal: Terminal) -> None:
    before = desk.file.read_bytes()
    terminal.types()
    assert desk.declare("lost veldoord").code == 130
    assert desk.file.read_bytes() == before


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(desk: Desk, region: Region) -> None:
    read, before = desk.file.read_bytes(), desk.situation
    desk.must_declare("lost zandermeer")
    newer = desk.file.read_bytes()
    with pytest.raises(Exception, match="somebody else has changed it"):
        write_situation(desk.file, read, before, region)
    assert desk.file.read_bytes() == newer


def test_a_crash_while_writing_leaves_the_old_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise OSError(28, "No space left on device", "situation.yaml")

    before = desk.file.read_bytes()
    monkeypatch.setattr(files.os, "fsync", crash)
    said = desk.declare("lost veldoord")
    assert (said.code, said.err) == (2, "error: situation.yaml: No space left on device\n")
    assert desk.file.read_bytes() == before
    assert sorted(os.listdir(desk.folder)) == ["Pulumi.yaml", "catalogue", "situation.yaml"]


def test_a_file_that_cannot_be_edited_safely_is_left_to_a_person(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.file.read_bytes()
    monkeypatch.setattr(situation_file, "edited", lambda text, _: text)
    said = desk.declare("lost veldoord")
    assert said.code == 2
    assert "Change it by hand" in said.err
    assert desk.file.read_bytes() == before


def test_permissions_stay(desk: Desk) -> None:
    desk.file.chmod(0o640)
    desk.must_declare("lost veldoord")
    assert stat.S_IMODE(desk.file.stat().st_mode) == 0o640


def test_a_link_stays_a_link(desk: Desk, tmp_path: Path) -> None:
    target = tmp_path / "shared.yaml"
    desk.file.rename(target)
    desk.file.symlink_to(target)
    desk.must_declare("lost veldoord")
    assert desk.file.is_symlink()
    assert "veldoord: lost" in target.read_text(encoding="utf-8")
