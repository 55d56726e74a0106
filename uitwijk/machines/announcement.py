"""How a machine that stands at one site at a time tells the name servers of all sites where it is (RFC 2136)."""

from __future__ import annotations

from uitwijk.continuity.standing import Standing
from uitwijk.machines.job import File, Job, render

ANNOUNCED_TTL = 60
"""Seconds for which others may remember a cold machine's address: it moves with a failover."""


def announcement_job(here: Standing, key: str) -> Job:
    """Announces the machine's name at boot, soon again, and every five minutes.

    Args:
        key: TSIG key, base64.
    """
    script = "/usr/local/sbin/announce-name"
    values = {
        "zone": here.region.settings.domain,
        "name": here.name,
        "address": str(here.address.ip),
        "servers": [str(server.address.ip) for server in here.name_servers],
        "ttl": ANNOUNCED_TTL,
    }
    unit = "/etc/systemd/system/announce-name"
    return Job(
        packages=["bind9-dnsutils"],
        files=[
            announcement_key(key),
            File(path=script, content=render("announce-name.sh", **values), permissions="0755"),
            File(path=f"{unit}.service", content=render("announce-name.service", script=script)),
            File(path=f"{unit}.timer", content=render("announce-name.timer")),
        ],
        commands=["systemctl enable --now announce-name.timer"],
    )


def announcement_key(key: str) -> File:
    """The key with which machines announce their names and name servers tell each other's, for dig and nsupdate."""
    return File(path="/etc/uitwijk/dns-update.key", content=render("dns-update.key", key=key), permissions="0600")
