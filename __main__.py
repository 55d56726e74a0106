"""One site's stack: from the region and the situation to the machines that stand here."""

from __future__ import annotations

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

    around = resources.Surroundings(
        region=region,
        placement=placement,
        settings=settings,
        site=resources.Site(region, settings),
        record=resources.SituationRecord(situation),
        waiting=waiting,
    )
    for partnership in region.partnerships:
        components.Partnership(partnership, around)
    for municipality in region.municipalities:
        components.Municipality(municipality, around)
    resources.export_facts(situation, placement, settings.site, waiting)
