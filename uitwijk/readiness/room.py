"""What hosts lack, and which one more would do, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from continuity.catalogue import Host
from continuity.region import Region
from continuity.spare import missing, more_hosts
from uitwijk.wording import count, listed


def room(region: Region, site: str, hosts: Sequence[Host], keys: Collection[str], *, spare: bool = False) -> str:
    """What `hosts` of the site lack to carry the workloads `keys`, and which host would do.

    Args:
        region: the region.
        site: whose hosts; one of its kinds is proposed.
        hosts: those that there are.
        keys: of the workloads to carry.
        spare: whether one host is to stay empty, too.
    """
    kinds = region.sites[site].hosts
    vcpus, memory = missing(region, hosts, keys)
    lacks = [f"{vcpus:,} vCPUs"] * bool(vcpus) + [f"{memory:,} GiB"] * bool(memory)
    what = f"{site} lacks {listed(lacks)}: " if lacks and not spare else f"{site}: "
    more = more_hosts(region, hosts, keys, kinds, spare=spare)
    if more is None:
        return f"{what}no number of hosts of its kinds would do; add larger ones (sites.yaml)"
    size = f"{more.like.cores} cores, {more.like.memory_gib:,} GiB"
    return f"{what}{count(more.number, 'more host')} like {more.like.name} ({size}) would do (sites.yaml)"
