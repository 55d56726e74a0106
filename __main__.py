"""One site's stack: from the region and the situation to the machines that stand here."""

from __future__ import annotations

from dataclasses import replace

import components
from uitwijk import continuity, observe, resources
from uitwijk.continuity.guard import judge

with resources.told_plainly():
    settings = resources.read_settings()
    region = continuity.load_region(settings.catalogue)
    settings.check_against(region)
    situation = continuity.load_situation(settings.situation, region)
    placement = continuity.place(region, situation)
    waiting: frozenset[str] = frozenset()
    if not resources.only_previewed(situation):
        facts = observe.gather(
            region, situation, settings.site, settings.project, settings.vcenter.server, settings.peer_backends
        )
        resources.refuse_if(judge(region, situation, placement, facts), facts.own)
        waiting = continuity.wait_for_room(region, placement, settings.site, facts.own.machines)

    args = resources.OrganisationArgs(
        site=resources.Site("site", settings.site_args(region)),
        placement=placement,
        record=resources.SituationRecord("situation", situation),
        waiting=waiting,
        jobs=components.JOBS,
    )
    shared = {}
    for partnership in region.partnerships:
        shared |= components.Partnership(partnership, args).ready
    for municipality in region.municipalities:
        components.Municipality(municipality, replace(args, needs=shared))
    resources.export_facts(situation, placement, settings.site, waiting)
