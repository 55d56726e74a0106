"""The plan book: what was approved, and what differs from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from uitwijk.commands.rehearse.plan_book import PlanBook, difference, in_yaml
from uitwijk.commands.rehearse.rehearsal import machines_only
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region

ROOT = Path(__file__).resolve().parents[3]
DELIVERED = PlanBook(ROOT / "plans")
REMEDY = "if that is what should happen, `uitwijk rehearse --approve`, and have it reviewed"


def test_the_approved_plans_say_what_the_model_foresees(region: Region) -> None:
    """The engine's part is compared by `uitwijk rehearse --strict`."""
    calamities = list(single_calamities(region))
    assert not DELIVERED.strangers(frozenset(calamity.slug for calamity in calamities))
    for calamity in calamities:
        approved = DELIVERED.approved(calamity.slug)
        assert approved is not None, f"{calamity.slug}: {REMEDY}"
        stacks = {site: machines_only(plan) for site, plan in approved["stacks"].items()}
        changed = difference({**approved, "stacks": stacks}, foreseen(region, calamity))
        assert not changed, "\n".join([f"{calamity.slug}: {REMEDY}", *changed])


def test_nothing_but_machines_and_their_rules_appears_and_nothing_else_changes(region: Region) -> None:
    for calamity in single_calamities(region):
        for site, operations in (DELIVERED.approved(calamity.slug) or {})["stacks"].items():
            assert set(operations) <= {"create"}, (calamity.slug, site)
            assert bool(operations) == bool(calamity.sites), (calamity.slug, site)
            assert set(operations.get("create", ())) <= {"machines", "anti-affinity rules"}, (calamity.slug, site)


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
    (tmp_path / "lost-bolsward.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UitwijkError, match=r"/lost-bolsward\.yaml: "):
        PlanBook(tmp_path).approved("lost-bolsward")


def test_a_file_of_a_calamity_that_is_none_is_a_stranger(tmp_path: Path) -> None:
    for name in ("lost-bolsward.yaml", "lost-atlantis.yaml", "README.md"):
        (tmp_path / name).touch()
    assert PlanBook(tmp_path).strangers(frozenset({"lost-bolsward"})) == [tmp_path / "lost-atlantis.yaml"]


def test_a_difference_shows_the_lines_that_are_gone_and_new_each_on_one_line() -> None:
    seats = ", ".join(f"building-{number} {number}" for number in range(40))
    approved = {"calamity": "lost bolsward", "seats": {"harlingen": seats}}
    found = {"calamity": "lost bolsward", "seats": {"harlingen": seats + "; 8 short"}}
    assert [line for line in difference(approved, found) if line[0] in "+-"] == [
        f"-  harlingen: {seats}",
        f"+  harlingen: {seats}; 8 short",
    ]
    assert not difference(approved, dict(approved))
    assert in_yaml(approved).count("\n") == 3
