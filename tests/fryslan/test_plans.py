"""The approved plans of Fryslân's calamities."""

from __future__ import annotations

from tests.fryslan.project import FRYSLAN
from uitwijk.commands.rehearse.plan_book import PlanBook, difference
from uitwijk.commands.rehearse.rehearsal import machines_only
from uitwijk.continuity.calamity import single_calamities
from uitwijk.continuity.plan import foreseen
from uitwijk.continuity.region import Region

DELIVERED = PlanBook(FRYSLAN.folder / "plans")
REMEDY = "if that is what should happen, `uitwijk rehearse --approve`, and have it reviewed"


def test_the_approved_plans_say_what_the_model_foresees(fryslan: Region) -> None:
    """The engine's part is compared by `uitwijk rehearse --strict`."""
    calamities = list(single_calamities(fryslan))
    assert not DELIVERED.strangers(frozenset(calamity.slug for calamity in calamities))
    for calamity in calamities:
        approved = DELIVERED.approved(calamity.slug)
        assert approved is not None, f"{calamity.slug}: {REMEDY}"
        stacks = {site: machines_only(plan) for site, plan in approved["stacks"].items()}
        changed = difference({**approved, "stacks": stacks}, foreseen(fryslan, calamity))
        assert not changed, "\n".join([f"{calamity.slug}: {REMEDY}", *changed])


def test_nothing_but_machines_and_their_rules_appears_and_nothing_else_changes(fryslan: Region) -> None:
    for calamity in single_calamities(fryslan):
        for site, operations in (DELIVERED.approved(calamity.slug) or {})["stacks"].items():
            assert set(operations) <= {"create"}, (calamity.slug, site)
            assert bool(operations) == bool(calamity.sites), (calamity.slug, site)
            assert set(operations.get("create", ())) <= {"machines", "anti-affinity rules"}, (calamity.slug, site)
