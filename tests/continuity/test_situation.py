"""Situation files: what they say, and what is told when they say it wrongly."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from tests.continuity.situations import situation
from tests.regions import SMALL
from uitwijk.continuity import load_situation
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState
from uitwijk.continuity.strict_yaml import to_yaml

NORMAL = """\
epoch: 4
sites: {veldoord: normal, zandermeer: normal}
data: {veldoord: veldoord, zandermeer: zandermeer}
closed_buildings: {}
override: []
hypothetical: false
log:
  - {epoch: 3, at: 2026-11-27T08:12:00Z, by: "duty officer", change: "closed kust-office", reason: "leak"}
  - {epoch: 4, at: 2026-11-28T08:12:00Z, by: "duty officer", change: "opened kust-office", reason: "repaired"}
"""
BUILDINGS = "kolkwijde-town-hall, kust-office, wilgendam-town-hall, zandermeer-town-hall"


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in NORMAL
    file = tmp_path / "situation.yaml"
    file.write_text(NORMAL.replace(old, new, 1) if old else NORMAL, encoding="utf-8")
    return file


def problems(file: Path, region: Region) -> list[str]:
    with pytest.raises(SituationError) as caught:
        load_situation(file, region)
    return list(caught.value.problems)


def test_a_situation_as_delivered_is_all_normal_in_its_first_epoch(region: Region) -> None:
    delivered = SMALL.situation
    assert delivered.epoch == 1
    assert delivered.digest == situation(region).digest
    assert [entry.epoch for entry in delivered.log] == [1]


def test_a_situation_is_read_as_it_is_written(region: Region, tmp_path: Path) -> None:
    text = NORMAL.replace("veldoord: normal", "veldoord: lost").replace(
        "closed_buildings: {}",
        """\
closed_buildings: {kust-office: {}, kolkwijde-town-hall: {staff_to: {wilgendam-town-hall: 8}}}""",
    )
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    read = load_situation(tmp_path / "other.yaml", region)
    assert read.sites == {"veldoord": SiteState.LOST, "zandermeer": SiteState.NORMAL}
    assert read.closed_buildings["kolkwijde-town-hall"].staff_to == {"wilgendam-town-hall": 8}
    assert read.living == ("zandermeer",)


@pytest.mark.parametrize("line", range(1, len(NORMAL.splitlines())))
def test_a_situation_that_was_cut_off_is_seen_wherever_it_was_cut(region: Region, tmp_path: Path, line: int) -> None:
    cut = tmp_path / "situation.yaml"
    cut.write_text("".join(NORMAL.splitlines(keepends=True)[:line]), encoding="utf-8")
    assert all(problem.startswith("situation.yaml: ") for problem in problems(cut, region))


@pytest.mark.parametrize("key", ["epoch", "sites", "data", "log"])
def test_whatever_is_left_out_of_a_situation_is_named(region: Region, tmp_path: Path, key: str) -> None:
    stated = yaml.safe_load(NORMAL)
    del stated[key]
    file = tmp_path / "situation.yaml"
    file.write_text(to_yaml(json.loads(json.dumps(stated, default=datetime.isoformat))), encoding="utf-8")
    (problem,) = problems(file, region)
    assert problem.startswith(f"situation.yaml: {key}: is missing: a file that was cut off")


def test_a_log_may_be_truncated_to_an_empty_list_and_what_has_a_default_left_out(
    region: Region, tmp_path: Path
) -> None:
    file = tmp_path / "situation.yaml"
    file.write_text(NORMAL[: NORMAL.index("closed_buildings:")] + "log: []\n", encoding="utf-8")
    read = load_situation(file, region)
    assert (read.log, read.closed_buildings, read.override, read.hypothetical) == ((), {}, (), False)


@pytest.mark.parametrize(("epoch", "accepted"), [(10**9, True), (10**9 + 1, False), (10**30, False)])
def test_an_epoch_is_at_most_a_thousand_million(region: Region, tmp_path: Path, epoch: int, accepted: bool) -> None:
    file = written(tmp_path)
    file.write_text(NORMAL.replace("epoch: 4", f"epoch: {epoch}"), encoding="utf-8")
    if accepted:
        assert load_situation(file, region).epoch == epoch
    else:
        assert any(line.startswith("situation.yaml: epoch: ") for line in problems(file, region))


def test_what_is_read_stands_in_the_order_of_the_catalogue(region: Region, tmp_path: Path) -> None:
    backwards = {
        **{"override": [], "hypothetical": True, "log": []},
        "epoch": 1,
        "sites": dict.fromkeys(reversed(region.sites), "normal"),
        "data": {site: site for site in reversed(region.sites)},
        "closed_buildings": {building: {} for building in reversed(region.buildings)},
    }
    file = tmp_path / "situation.yaml"
    file.write_text(yaml.safe_dump(backwards, sort_keys=False), encoding="utf-8")
    read = load_situation(file, region)
    assert [list(part) for part in (read.sites, read.data, read.closed_buildings)] == [
        list(region.sites), list(region.sites), list(region.buildings),
    ]  # fmt: skip


def test_the_digest_is_of_sites_data_and_closed_buildings_only(region: Region) -> None:
    first = situation(region)
    assert situation(region, epoch=9, override=["peer-holds"], hypothetical=True).digest == first.digest
    changed = (
        situation(region, drained=["veldoord"]),
        situation(region, promoted={"veldoord": "zandermeer"}),
        situation(region, closed=["kust-office"]),
        situation(region, closed={"kust-office": {"wilgendam-town-hall": 1}}),
    )
    assert len({first.digest, *(each.digest for each in changed)}) == 5


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("{veldoord: normal, zandermeer: normal}", "{veldoord: normal, zandermeer: normal, elders: lost}",
         "sites: elders is no site; there are: veldoord, zandermeer"),
        ("{veldoord: normal, zandermeer: normal}", "{veldoord: normal}", "sites.zandermeer: is missing"),
        ("veldoord: normal", "veldoord: burnt",
         "sites.veldoord: burnt is not allowed; allowed are: normal, lost, drained"),
        ("veldoord: veldoord", "veldoord: elders", "data.veldoord: elders is no site; there are: veldoord, zandermeer"),
        ("data: {veldoord: veldoord, ", "data: {", "data.veldoord: is missing"),
        ("data: {", "data: {elders: veldoord, ", "data: elders is no site's dataset; there are: veldoord, zandermeer"),
        ("closed_buildings: {}", "closed_buildings: {elders-town-hall: {}}",
         f"closed_buildings: elders-town-hall is no building; there are: {BUILDINGS}"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: {staff_to: {elders-town-hall: 8}}}",
         f"closed_buildings.kust-office.staff_to: elders-town-hall is no building; there are: {BUILDINGS}"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: {staff_to: {wilgendam-town-hall: 0}}}",
         "closed_buildings.kust-office.staff_to.wilgendam-town-hall: 0 is too small; 1 is the least"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: {staff_to: {wilgendam-town-hall: 500}}}",
         "closed_buildings.kust-office.staff_to.wilgendam-town-hall: 500 is too large; "
         "wilgendam-town-hall has 22 seats in all"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: {staff_to: {kust-office: 8}}}",
         "closed_buildings.kust-office.staff_to.kust-office: is closed itself"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: {staff: {wilgendam-town-hall: 8}}}",
         "closed_buildings.kust-office.staff: unknown key; allowed are: staff_to"),
        ("closed_buildings: {}", "closed_buildings: {kust-office: }",
         "closed_buildings.kust-office: must be a mapping: {key: value}"),
        ("override: []", "override: [epoch]",
         "override[0]: epoch is not allowed; allowed are: peer-holds, peer-unreadable"),
        ("hypothetical: false", "hypothetical: perhaps", "hypothetical: perhaps is neither true nor false"),
        ("epoch: 4\nsites", "epoch: 5\nsites",
         "log: its last entry has epoch 4, but the situation has epoch 5"),
        ("epoch: 4\nsites", "epoch: 0\nsites", "epoch: 0 is too small; 1 is the least"),
        ("epoch: 4\nsites", "epoch: four\nsites", "epoch: four is no whole number"),
        ("epoch: 3, at", "epoch: 4, at", "log: epochs do not grow from entry to entry"),
        ("at: 2026-11-28T08:12:00Z", "at: noon",
         "log[1].at: noon is no date, or no date and time (e.g. 2026-11-28 or 2026-11-28T08:12:00Z)"),
        ("override: []", "override: []\nlock: []",
         "lock: unknown key; allowed are: closed_buildings, data, epoch, hypothetical, log, override, sites"),
        ("at: 2026-11-28T08:12:00Z", "at: 2026-11-28T08:12:00",
         'log[1].at: "2026-11-28 08:12:00" has no time zone (e.g. 2026-11-28T08:12:00Z)'),
        ("at: 2026-11-28T08:12:00Z", 'at: "0001-01-01T00:00:00+23:00"',
         "log[1].at: 0001-01-01T00:00:00+23:00 is in no year from 1900 to 2999"),
        ("hypothetical: false", "hypothetical: 0", "hypothetical: 0 is neither true nor false"),
        ("override: []", "override: []\noverride: [peer-holds]", "line 6: override stands twice"),
    ],
)  # fmt: skip
def test_a_wrong_situation(region: Region, tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert problems(written(tmp_path, old, new), region) == [f"situation.yaml: {problem}"]


def test_a_log_of_one_entry_is_of_the_epoch_too(region: Region, tmp_path: Path) -> None:
    file = written(tmp_path)
    only = "\n".join(line for line in NORMAL.splitlines() if "epoch: 3" not in line)
    file.write_text(only.replace("epoch: 4\nsites", "epoch: 5\nsites"), encoding="utf-8")
    assert problems(file, region) == ["situation.yaml: log: its last entry has epoch 4, but the situation has epoch 5"]


def test_every_error_is_told_at_once(region: Region, tmp_path: Path) -> None:
    file = written(tmp_path)
    text = NORMAL.replace("veldoord: veldoord", "veldoord: elders").replace(
        "closed_buildings: {}", "closed_buildings: {x: {}}"
    )
    file.write_text(text.replace("epoch: 4\nsites", "epoch: 7\nsites"), encoding="utf-8")
    assert [line.split(":")[1] for line in problems(file, region)] == [" closed_buildings", " data.veldoord", " log"]


def test_a_situation_that_is_not_there(region: Region, tmp_path: Path) -> None:
    missing = tmp_path / "situation.yaml"
    assert problems(missing, region) == [f"{missing}: the file does not exist"]


def test_an_empty_situation(region: Region, tmp_path: Path) -> None:
    (tmp_path / "situation.yaml").write_text("", encoding="utf-8")
    assert problems(tmp_path / "situation.yaml", region) == ["situation.yaml: the file is empty"]


def test_a_situation_that_is_a_list(region: Region, tmp_path: Path) -> None:
    (tmp_path / "situation.yaml").write_text("- lost", encoding="utf-8")
    assert problems(tmp_path / "situation.yaml", region) == ["situation.yaml: must be a mapping: {key: value}"]
