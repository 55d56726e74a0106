"""A workload's component: what it asks for before it registers anything, and what others wait for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pulumi
import pytest

from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.recipe import Kind
from uitwijk.continuity.region import Region
from uitwijk.continuity.secrets import DNS_UPDATE_KEY
from uitwijk.machines.job import File, Job
from uitwijk.resources import Site, SiteArgs, Workload, WorkloadArgs, break_glass_account
from uitwijk.resources.testing import record
from uitwijk.resources.testing.recording import Recording

GREETING = Job(files=[File(path="/etc/motd", content="of this region's own\n")])
NOBODY: Sequence[pulumi.Resource] = ()


class Everything(Workload):
    """A region's own component, as small as it can be."""

    kind = Kind.APPLICATION

    def __init__(self, name: str, args: WorkloadArgs) -> None:
        super().__init__("example:index:Everything", name, args)
        self.register_outputs({})


@pytest.fixture
def make(region: Region) -> Callable[..., Recording]:
    """Records components at the region's first site, each by its key and what differs from the usual arguments."""

    def made(*wanted: tuple[str, dict[str, Any]], secrets: tuple[str, ...] = (DNS_UPDATE_KEY,)) -> Recording:
        slug = next(iter(region.sites))

        def program() -> None:
            known = {name: pulumi.Output.secret(f"sentinel-{name}") for name in secrets}
            args = SiteArgs(region=region, slug=slug, server="vcenter.example", user="u", password="p", secrets=known)
            site = Site("site", args)
            account = break_glass_account("somebody", site)
            jobs = dict.fromkeys(region.recipes, lambda here, secrets: GREETING)  # noqa: ARG005
            ready: dict[str, Sequence[pulumi.Resource]] = {}
            for name, more in wanted:
                usual = {"site": site, "active": True, "account": account, "needs": dict(ready), "jobs": jobs}
                ready[name] = Everything(name, WorkloadArgs(**usual | more)).ready

        return record(program, stack=slug)

    return made


@pytest.fixture
def pair(region: Region) -> tuple[str, str]:
    """Keys of a cold application and of the only workload that it needs, an application as well."""
    for key, workload in region.workloads.items():
        kinds = {region.services[region.workloads[each].service].kind for each in (key, *workload.depends_on)}
        if kinds == {Kind.APPLICATION} and not workload.hot and len(workload.depends_on) == 1:
            (needed,) = workload.depends_on
            if not region.workloads[needed].depends_on:
                return key, needed
    raise AssertionError("the region has no such pair")


def waited_for(recording: Recording, region: Region, key: str) -> set[str]:
    """Names of the machines for which the first machine of a workload waits."""
    waits_for = recording[region.workloads[key].machines[0].name].waits_for
    return {name for name, machine in recording.machines.items() if machine.urn in waits_for}


def test_a_workload_starts_behind_the_workload_that_it_was_given(make, region: Region, pair):
    key, needed = pair
    recording = make((needed, {}), (key, {}))
    assert waited_for(recording, region, key) == {machine.name for machine in region.workloads[needed].machines}


def test_a_needed_workload_whose_machines_stand_at_another_site_is_nothing_to_wait_for(make, region: Region, pair):
    key, needed = pair
    recording = make((needed, {"active": False}), (key, {}))
    assert waited_for(recording, region, key) == set()


def test_a_needed_workload_that_was_never_given_is_an_error_that_names_both(make, pair):
    key, needed = pair
    with pytest.raises(UitwijkError, match=rf"^{key} needs {needed}, which its component was not given\. Pass in"):
        make((key, {}))


def test_a_stranger_says_that_a_needed_workload_is_none_of_this_programs(make, region: Region, pair):
    key, needed = pair
    recording = make((key, {"needs": {needed: NOBODY}}))
    assert set(recording.machines) == {machine.name for machine in region.workloads[key].machines}


def test_where_it_is_not_active_a_workload_has_no_machine(make, pair):
    _, needed = pair
    assert not make((needed, {"active": False})).machines


def test_a_machine_is_told_what_the_regions_own_job_says(make, region: Region, pair):
    _, needed = pair
    recording = make((needed, {}))
    told = [recording[machine.name].user_data for machine in region.workloads[needed].machines]
    assert all("of this region's own" in text for text in told)


def test_a_workload_that_the_region_does_not_have_is_refused(make):
    with pytest.raises(UitwijkError, match=r"^elders/mills is no workload of .*ORGANISATION/SERVICE, as in "):
        make(("elders/mills", {}))


def test_a_component_for_another_kind_is_refused(make, region: Region):
    key = next(k for k, w in region.workloads.items() if region.services[w.service].kind is Kind.TELEPHONY)
    with pytest.raises(UitwijkError, match=rf"^{key} is of kind telephony, and a component for application was to"):
        make((key, {}))


def test_a_secret_that_the_site_was_not_given_is_named_with_who_needs_it(make, pair):
    _, needed = pair
    with pytest.raises(UitwijkError, match=rf"^{needed} needs the secret {DNS_UPDATE_KEY}, which its site was not"):
        make((needed, {}), secrets=())
