"""What hosts lack, and which one more would do, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from uitwijk.continuity.catalogue import Host
from uitwijk.continuity.region import Region
from uitwijk.continuity.spare import missing, more_hosts
from uitwijk.wording import count, listed


def room(
    region: Region, site: str, cases: Sequence[Sequence[Host]], keys: Collection[str], *, spare: bool = False
) -> str:
    """What a site lacks to carry the workloads `keys` on its hosts, and which host would do.

    Args:
        region: the region.
        site: whose hosts; one of its kinds is proposed.
        cases: the hosts that there are, in each case that must be borne.
        keys: of the workloads to carry.
        spare: whether one host is to stay empty, too.
    """
    kinds = region.sites[site].hosts
    vcpus, memory = map(max, zip(*(missing(region, hosts, keys) for hosts in cases), strict=True))
    lacks = [f"{vcpus:,} vCPUs"] * bool(vcpus) + [f"{memory:,} GiB"] * bool(memory)
    what = f"{site} lacks {listed(lacks)}: " if lacks and not spare else f"{site}: "
    more = more_hosts(region, cases, keys, kinds, spare=spare)
    if more is None:
        return f"{what}no number of hosts of its kinds would do; add larger ones (sites.yaml)"
    size = f"{more.like.cores} cores, {more.like.memory_gib:,} GiB"
    return f"{what}{count(more.number, 'more host')} like {more.like.name} ({size}) would do (sites.yaml)"
