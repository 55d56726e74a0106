"""One site's stack: from the region and the situation to the machines that stand here."""

from __future__ import annotations

from dataclasses import replace

import components
from uitwijk import continuity, observe, resources

with resources.told_plainly():
    settings = resources.read_settings()
    region = continuity.load_region(settings.catalogue)
    settings.check_against(region)
    situation = continuity.load_situation(settings.situation, region)
    placement = continuity.place(region, situation)
    decision = continuity.NOTHING_WAITS
    if not resources.only_previewed(situation):
        facts = observe.gather(
            region, situation, settings.site, settings.project, settings.vcenter, settings.peer_backends
        )
        decision = continuity.decide(region, situation, placement, facts)
        resources.refuse_if(decision.refusals, facts.own)

    args = resources.OrganisationArgs(
        site=resources.Site("site", settings.site_args(region)),
        placement=placement,
        record=resources.SituationRecord("situation", situation, decision),
        waiting=decision.waiting,
        jobs=components.JOBS,
    )
    shared = {}
    for partnership in region.partnerships:
        shared |= components.Partnership(partnership, args).ready
    for municipality in region.municipalities:
        components.Municipality(municipality, replace(args, needs=shared))
    resources.leftover_disks(args.site, decision.leftover)
    resources.export_facts(situation, placement, settings.site, decision)
