"""An organisation's component: which workloads it makes, and what it hands to them."""

from __future__ import annotations

import pulumi
import pytest

from uitwijk.continuity import place
from uitwijk.continuity.errors import UitwijkError
from uitwijk.continuity.recipe import Kind
from uitwijk.continuity.region import Region
from uitwijk.continuity.secrets import all_shared
from uitwijk.continuity.situation import SiteState, Situation
from uitwijk.resources import Organisation, OrganisationArgs, Site, SiteArgs, SituationRecord, Workload, WorkloadArgs
from uitwijk.resources.testing import record
from uitwijk.resources.testing.recording import Recording


class Anything(Workload):
    """For any kind of workload."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("example:index:Anything", name, args, opts)
        self.register_outputs({})


class OfApplications(Anything):
    kind = Kind.APPLICATION


class OfTelephony(Anything):
    kind = Kind.TELEPHONY


class OfWorkplaces(Anything):
    kind = Kind.WORKPLACES


class Whole(Organisation):
    builds = (OfApplications, OfTelephony, OfWorkplaces)

    def __init__(self, name: str, args: OrganisationArgs) -> None:
        super().__init__("example:index:Organisation", name, args)
        self.register_outputs({})


class WithoutTelephony(Whole):
    builds = (OfApplications, OfWorkplaces)


def made(region: Region, kind: type[Whole]) -> Recording:
    """The region's first partnership at its home, on a normal day."""
    slug = next(iter(region.partnerships))
    home = region.home(slug)
    normal = Situation(epoch=1, sites=dict.fromkeys(region.sites, SiteState.NORMAL), data={s: s for s in region.sites})

    def program() -> None:
        secrets = {name: pulumi.Output.secret("sentinel") for name in all_shared(region)}
        args = SiteArgs(region=region, slug=home, server="vcenter.example", user="u", password="p", secrets=secrets)
        record = SituationRecord("situation", normal)
        kind(slug, OrganisationArgs(site=Site("site", args), placement=place(region, normal), record=record))

    return record(program, stack=home)


def test_an_organisation_makes_each_of_its_workloads_and_the_most_urgent_first(region: Region):
    slug = next(iter(region.partnerships))
    found = [component.name for component in made(region, Whole).of_type("Anything")]
    assert found == [key for key in region.by_urgency if region.workloads[key].organisation == slug]


def test_an_organisation_knows_which_of_its_workloads_a_component_builds(region: Region):
    slug = next(iter(region.partnerships))
    found: list[str] = []

    class Asking(Whole):
        def __init__(self, name: str, args: OrganisationArgs) -> None:
            super().__init__(name, args)
            found.extend(each.described.key for each in self.of(OfTelephony))

    made(region, Asking)
    assert found == [f"{slug}/session-border"]


def test_the_record_of_the_situation_is_there_before_anything_of_an_organisation(region: Region):
    registered = list(made(region, Whole))
    (record_,), (organisation,) = (
        [each for each in registered if each.type.endswith(kind)] for kind in (":Situation", ":Organisation")
    )
    assert organisation.inputs == {"situation": record_.urn}
    assert registered.index(record_) < registered.index(organisation)


def test_a_workload_for_which_a_region_has_no_component_is_an_error(region: Region):
    with pytest.raises(UitwijkError, match=r"is of kind telephony, for which WithoutTelephony has no component"):
        made(region, WithoutTelephony)
