"""`uitwijk check --all-calamities`: the proof of the region at hand, and the worst of each kind."""

from __future__ import annotations

import json

import pytest

from tests.commands.conftest import Desk, lines_of
from uitwijk.commands.readiness.calamities import proof_lines
from uitwijk.continuity import place
from uitwijk.continuity.placement import Placement
from uitwijk.continuity.proof import Calamities, prove
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import Situation


def test_a_region_is_proven_in_all_its_situations(desk: Desk) -> None:
    said = desk.uitwijk("check", "--all-calamities", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["verdict"], facts["situations"]) == (0, "ok", 144)
    (proven,) = (line for line in facts["lines"] if line["subject"] == "all calamities")
    assert proven["why"].startswith("every invariant holds in all 144 situations: ")
    worst = {(each["kind"], each["most_losses"]): each for each in facts["worst"]}
    assert worst["fewest processes", 1]["municipality"] == "zandermeer"
    assert worst["fewest processes", 6]["continuing"] == 0
    assert worst["most seats short", 1]["short"] == 16
    assert worst["most seats short", 1]["situation"]["closed_buildings"] == ["zandermeer-town-hall"]
    assert worst["most shed", 6] == {"kind": "most shed", "most_losses": 6, "shed": 0, "of": 34, "situation": None}
    tightest = worst["tightest capacity", 6]
    assert tightest["spare_host"]
    assert all(used <= available for used, available in (tightest["vcpus"], tightest["memory_gib"]))
    assert "lost" in tightest["situation"]["sites"].values()


def test_the_table_fits_80_columns_and_names_where_each_worst_occurs(desk: Desk) -> None:
    said = desk.uitwijk("check", "--all-calamities")
    assert said.code == 0
    assert max(len(line) for line in said.out.splitlines()) <= 80
    first_words = [line.split("  ")[0] for line in lines_of(said)]
    kinds = ["fewest processes", "tightest capacity", "most seats short", "most shed"]
    assert [word for word in first_words if word in kinds] == kinds
    assert "closed every building" in said.out
    assert "16 of 96" in said.out


def test_hosts_that_are_too_few_are_no_violation_but_the_worst_that_is_shed(desk: Desk) -> None:
    path = desk.folder / "catalogue" / "sites.yaml"
    few = [line for line in path.read_text(encoding="utf-8").splitlines() if "zandermeer-host-5" not in line]
    few = [line for line in few if "zandermeer-host-4" not in line and "zandermeer-host-3" not in line]
    path.write_text("\n".join(few) + "\n", encoding="utf-8")
    said = desk.uitwijk("check", "--all-calamities", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["verdict"]) == (0, "ok")
    worst = {(each["kind"], each["most_losses"]): each for each in facts["worst"]}
    assert worst["most shed", 1]["shed"] > 0
    assert worst["most shed", 1]["situation"]["sites"]["veldoord"] != "normal"
    assert (worst["tightest capacity", 1]["site"], worst["tightest capacity", 1]["sheds"]) == ("zandermeer", True)


def test_an_invariant_that_is_violated_fails_and_names_the_simplest_situation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(region: Region, declared: Situation) -> Placement:
        return place(region, declared.model_copy(update={"closed_buildings": {}}))

    monkeypatch.setattr("uitwijk.continuity.proof.place", forgetful)
    said = desk.uitwijk("check", "--all-calamities", "--json")
    facts = json.loads(said.out)
    assert (said.code, facts["verdict"]) == (1, "fail")
    found = {line["subject"]: line for line in facts["lines"] if line["verdict"] == "fail"}
    assert found["if closed wilgendam-town-hall"]["why"].startswith(
        "16 people sit in wilgendam-town-hall, which is closed; the same in "
    )
    assert all(line["remedy"] for line in found.values())


def test_more_violations_than_a_person_reads_are_counted(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    normal = place(region, next(iter(Calamities(region, 0))))
    monkeypatch.setattr("uitwijk.continuity.proof.place", lambda *_: normal)
    calamities = Calamities(region, 1)
    proof = prove(region, calamities, [1])
    *shown, rest = proof_lines(calamities, proof)
    assert len(shown) == 20
    assert rest.why == f"{len(proof.violations) - 20} further violations"


def test_a_catalogue_that_is_wrong_fails_with_every_problem(desk: Desk) -> None:
    (desk.folder / "catalogue" / "buildings.yaml").write_text("attic: {seats: -1}\n", encoding="utf-8")
    said = desk.uitwijk("check", "--all-calamities", "--json")
    facts = json.loads(said.out)
    assert (said.code, set(facts)) == (1, {"verdict", "lines"})
    assert {line["subject"] for line in facts["lines"]} == {"catalogue"}
    assert desk.uitwijk("check", "--all-calamities").code == 1


def test_what_is_too_much_to_try_is_said_plainly(region: Region) -> None:
    calamities = Calamities(region, most_closed=1)
    (line,) = proof_lines(calamities, prove(region, calamities, [1]))
    assert line.verdict == "ok"
    assert line.why == (
        "every invariant holds in 45 situations: every state of 2 sites, each with up to 1 of 4 buildings closed; "
        "with more of them closed it is not proven, for all sets of 4 buildings are too many to try"
    )
