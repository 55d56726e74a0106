"""Builds a region at every site with the program of this repository, and judges what its machines are told."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.regions.mutations import Files, write
from uitwijk.continuity import Standing, load_region
from uitwijk.continuity.errors import CatalogueError
from uitwijk.continuity.recipe import Serves
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.resources.testing import record_site
from uitwijk.resources.testing.recording import Recording

INTERNET = "0.0.0.0/0"
PROGRAM = Path(__file__).resolve().parents[2]
"""Of this repository: any region's program builds any region."""


def situations(region: Region, site: str) -> Iterator[Situation]:
    """A normal day, and the loss of another site, its data promoted here."""
    other = next(slug for slug in region.sites if slug != site)
    normal = dict.fromkeys(region.sites, SiteState.NORMAL)
    home = {slug: slug for slug in region.sites}
    yield Situation(epoch=1, sites=normal, data=home)
    target = next(slug for slug in region.sites if slug != other)
    yield Situation(epoch=2, sites={**normal, other: SiteState.LOST}, data={**home, other: target})


def file(recording: Recording, machine: str, path: str) -> str | None:
    """A file that a machine is told to write."""
    told = yaml.safe_load(recording[machine].user_data)["write_files"]
    return next((each["content"] for each in told if each["path"] == path), None)


def judge(region: Region, site: str, recording: Recording) -> None:
    """What must hold of any region's machines."""
    for name in recording.machines:
        here = Standing(region, site, region.machines[name])
        assert here.name_servers, name
        mounted = [entry[0] for entry in yaml.safe_load(recording[name].user_data).get("mounts", [])]
        assert mounted == [f"LABEL={disk}" for disk in here.machine.disks], name
        records = file(recording, name, "/etc/uitwijk/records.json")
        assert (records is None) == here.workload.hot, name
        if records is not None:
            judge_records(here, json.loads(records))
    for municipality in region.municipalities:
        for key in region.trunks(municipality):
            for controller in region.workloads[key].machines:
                if region.serves(controller, Serves.TRUNKS) and controller.name in recording.machines:
                    lines = file(recording, controller.name, "/etc/kamailio/dispatcher.list") or ""
                    assert f"{municipality}-" in lines, (controller.name, municipality)


def judge_records(here: Standing, known: dict[str, object]) -> None:
    """What must hold of what a machine of any region is told of records."""
    allowed, parts = known["allowed"], known["parts"]
    assert isinstance(allowed, list)
    assert isinstance(parts, dict)
    assert (INTERNET in allowed) == here.public, here.name
    assert not (here.public and here.machine.disks), here.name
    if here.machine.disks:
        assert parts == {"records": "store"}, here.name
    elif Serves.SESSIONS in here.recipe.serves:
        assert parts == {"session": "session_host"}, here.name
    elif Serves.LOGINS in here.recipe.serves:
        assert known["sessions"], here.name
    elif here.recipe.prints:
        assert parts.keys() == {"records", "documents"}, here.name
        assert known["printer"] in here.region.printers


def accepted(files: Files) -> Region | None:
    """The region that the files describe; None when the catalogue is refused."""
    with tempfile.TemporaryDirectory() as folder:
        write(files, Path(folder) / "catalogue")
        try:
            return load_region(Path(folder) / "catalogue")
        except CatalogueError:
            return None


def build(region: Region, files: Files) -> None:
    """Runs the program at every site, and judges what it tells machines."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "catalogue"
        write(files, catalogue)
        for site in region.sites:
            for situation in situations(region, site):
                if situation.sites[site] is SiteState.NORMAL:
                    judge(region, site, record_site(site, situation=situation, project=PROGRAM, catalogue=catalogue))
