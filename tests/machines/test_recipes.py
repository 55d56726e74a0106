"""A recipe's two halves fit: what a job does with what its contract names, and with nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tests.regions import FOREIGN, SMALL
from uitwijk.continuity import Standing, secrets
from uitwijk.continuity.recipe import shipped_recipes
from uitwijk.continuity.region import Region
from uitwijk.machines.cloud_init import user_data
from uitwijk.machines.job import data_path
from uitwijk.machines.recipes import JOBS

REGIONS = pytest.mark.parametrize("region", [SMALL.region, FOREIGN.region], ids=["small", "foreign"])


class Secrets(dict[str, str]):
    """Secrets that remember which of them were looked at."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__({name: f"sentinel-{name}" for name in names})
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)


def standings(region: Region) -> Iterator[Standing]:
    """Every machine at every site."""
    for site in region.sites:
        for machine in region.machines.values():
            yield Standing(region, site, machine)


def test_every_contract_has_a_job_and_every_job_a_contract() -> None:
    assert JOBS.keys() == shipped_recipes().keys()


@REGIONS
def test_every_recipe_of_the_library_is_tried(region: Region) -> None:
    assert {here.role.recipe for here in standings(region)} == JOBS.keys()


@REGIONS
def test_a_job_uses_exactly_the_secrets_that_its_contract_names(region: Region) -> None:
    for here in standings(region):
        known = Secrets(secrets.told(here))
        JOBS[here.role.recipe](here, known)
        assert known.asked == known.keys(), here.name


@REGIONS
def test_a_job_that_writes_of_data_disks_writes_of_all_that_its_machine_has(region: Region) -> None:
    for here in standings(region):
        job = JOBS[here.role.recipe](here, Secrets(secrets.told(here)))
        told = "".join(file.content for file in job.files)
        if here.recipe.disks.at_least:
            assert all(data_path(disk) in told for disk in here.machine.disks), here.name


@REGIONS
def test_accounts_of_a_jobs_files_come_with_the_packages_of_its_contract(region: Region) -> None:
    bringing = {"knot": "knot", "kamailio": "kamailio", "rabbitmq": "rabbitmq-server", "root": None}
    for here in standings(region):
        job = JOBS[here.role.recipe](here, Secrets(secrets.told(here)))
        accounts = {name for file in job.files for name in file.owner.split(":")}
        assert {bringing[account] for account in accounts} <= {None, *here.packages}, here.name


@REGIONS
def test_every_job_is_the_same_however_often_it_is_made(region: Region) -> None:
    for here in standings(region):
        once, again = (JOBS[here.role.recipe](here, Secrets(secrets.told(here))) for _ in range(2))
        assert once == again, here.name


@REGIONS
def test_whatever_keeps_data_is_bound_to_the_mounts_of_its_disks(region: Region) -> None:
    for here in standings(region):
        job = JOBS[here.role.recipe](here, Secrets(secrets.told(here)))
        if here.recipe.disks.at_least:
            assert job.bound, here.name
        told = yaml.safe_load(user_data(here, job, break_glass_hash="x", dns_update_key="eA=="))
        bound = {
            file["path"]: file["content"] for file in told["write_files"] if file["path"].endswith("/data-disks.conf")
        }
        mounts = " ".join(data_path(disk) for disk in here.machine.disks)
        assert bound == {
            f"/etc/systemd/system/{unit}.d/data-disks.conf": f"[Unit]\nRequiresMountsFor={mounts}\n"
            for unit in (job.bound if here.machine.disks else ())
        }
