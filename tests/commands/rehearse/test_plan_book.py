"""The plan book: what was approved, and what differs from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from uitwijk.commands.rehearse.plan_book import PlanBook, difference, in_yaml
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region


def test_what_is_approved_is_read_back_and_approving_it_again_leaves_the_file_alone(
    tmp_path: Path, region: Region
) -> None:
    book = PlanBook(tmp_path / "plans")
    for calamity in single_calamities(region):
        plan = foreseen(region, calamity)
        assert book.approved(calamity.slug) is None
        book.approve(calamity.slug, plan)
        written = book.file(calamity.slug).stat()
        assert book.approved(calamity.slug) == plan
        book.approve(calamity.slug, plan)
        assert book.file(calamity.slug).stat().st_ino == written.st_ino


@pytest.mark.parametrize("text", ["- a list", "{", "", "\x00"])
def test_a_file_that_is_no_plan_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "lost-veldoord.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UitwijkError, match=r"/lost-veldoord\.yaml: "):
        PlanBook(tmp_path).approved("lost-veldoord")


def test_a_file_of_a_calamity_that_is_none_is_a_stranger(tmp_path: Path) -> None:
    for name in ("lost-veldoord.yaml", "lost-atlantis.yaml", "README.md"):
        (tmp_path / name).touch()
    assert PlanBook(tmp_path).strangers(frozenset({"lost-veldoord"})) == [tmp_path / "lost-atlantis.yaml"]


def test_a_difference_shows_the_lines_that_are_gone_and_new_each_on_one_line() -> None:
    seats = ", ".join(f"building-{number} {number}" for number in range(40))
    approved = {"calamity": "lost veldoord", "seats": {"kolkwijde": seats}}
    found = {"calamity": "lost veldoord", "seats": {"kolkwijde": seats + "; 8 short"}}
    assert [line for line in difference(approved, found) if line[0] in "+-"] == [
        f"-  kolkwijde: {seats}",
        f"+  kolkwijde: {seats}; 8 short",
    ]
    assert not difference(approved, dict(approved))
    assert in_yaml(approved).count("\n") == 3
