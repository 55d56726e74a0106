"""Names of the secrets that recipes ask for: under which jobs are told them, and under which stacks keep them."""

from __future__ import annotations

from collections.abc import Mapping

from uitwijk.continuity.recipe import SecretSort
from uitwijk.continuity.region import Region, Workload
from uitwijk.continuity.standing import Standing

DNS_UPDATE_KEY = "dns-update-key"
"""The key with which every machine announces its name that stands at one site at a time; shared."""
CARRIER_PASSWORD = "carrier-password"
"""By which border controllers and the telephone carrier know each other; shared."""
ALWAYS_SHARED = (DNS_UPDATE_KEY, CARRIER_PASSWORD)
"""What the stacks of every region hold, whatever its recipes ask for."""


def made_at_site(region: Region, workload: Workload) -> Mapping[str, str]:
    """The secrets of a workload that each stack makes for itself: the resource's name, by what jobs are told it as."""
    found: dict[str, str] = {}
    for secret, sort in _asked_for(region, workload).items():
        if sort is SecretSort.SITE:
            found[secret] = f"{workload.organisation}-{workload.service}-{secret}"
        elif sort is SecretSort.NUMBER_BLOCK:
            for block in region.municipalities[workload.organisation].number_blocks:
                found[block.key] = f"{workload.organisation}-{secret}-{block.numbers.start}"
    return found


def shared(region: Region, workload: Workload) -> tuple[str, ...]:
    """The secrets of a workload that come from the configuration of both stacks."""
    return tuple(secret for secret, sort in _asked_for(region, workload).items() if sort is SecretSort.SHARED)


def all_shared(region: Region) -> tuple[str, ...]:
    """Those of all workloads."""
    return tuple(dict.fromkeys(name for workload in region.workloads.values() for name in shared(region, workload)))


def told(here: Standing) -> tuple[str, ...]:
    """What the machine's job is told, and no other machine's of its service."""
    secrets = here.recipe.secrets
    named = tuple(name for name, sort in secrets.items() if sort is not SecretSort.NUMBER_BLOCK)
    if len(named) == len(secrets):
        return named
    return (*named, *(block.key for block in here.region.municipalities[here.machine.organisation].number_blocks))


def config_key(secret: str) -> str:
    """The key of a shared secret in a stack's configuration: `dns-update-key` is `dnsUpdateKey` there."""
    first, *others = secret.split("-")
    return first + "".join(word.capitalize() for word in others)


def _asked_for(region: Region, workload: Workload) -> Mapping[str, SecretSort]:
    roles = region.services[workload.service].roles.values()
    return {name: sort for role in roles for name, sort in region.recipes[role.recipe].secrets.items()}
