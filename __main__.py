"""One site's stack: from the region and the situation to the machines that stand here."""

from __future__ import annotations

import components
import continuity
import observe
from continuity.guard import judge

with components.told_plainly():
    settings = components.read_settings()
    region = continuity.load_region(settings.catalogue)
    settings.check_against(region)
    situation = continuity.load_situation(settings.situation, region)
    placement = continuity.place(region, situation)
    waiting: frozenset[str] = frozenset()
    if not components.only_previewed(situation):
        facts = observe.gather(region, situation, settings.site, settings.vcenter.server, settings.peer_backends)
        components.refuse_if(judge(region, situation, placement, facts), facts.own)
        waiting = continuity.wait_for_room(region, placement, settings.site, facts.own.machines)

    around = components.Surroundings(
        region=region,
        placement=placement,
        settings=settings,
        site=components.Site(region, settings),
        record=components.SituationRecord(situation),
        waiting=waiting,
    )
    for partnership in region.partnerships:
        components.Partnership(partnership, around)
    for municipality in region.municipalities:
        components.Municipality(municipality, around)
    components.export_facts(situation, placement, settings.site, waiting)
