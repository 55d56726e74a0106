"""What a machine is told at its first boot: cloud-init's user data and instance data, as YAML that a person can read.

Pure: plain values in, text out. The VMware data source of cloud-init takes both from `guestinfo`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from components.names import dns_servers, full_name, needs, role_of
from continuity.region import Machine, Region

BREAK_GLASS = "breakglass"
"""The local account for when the directory does not answer."""
SETTINGS_PATH = "/etc/uitwijk/service.yaml"
DATA_ROOT = "/srv"
"""A data disk is mounted below it, under its own name."""
_TTL = 60
"""Seconds for which others may remember a cold machine's address: it moves with a failover."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file on the machine."""

    path: str
    content: str
    permissions: str = "0644"
    owner: str = "root:root"

    def to_dict(self) -> dict[str, Any]:
        """As cloud-init's `write_files` wants it. Deferred: its owner and folder may come with a package."""
        return {
            "path": self.path,
            "owner": self.owner,
            "permissions": self.permissions,
            "defer": True,
            "content": self.content,
        }


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a machine does beyond what every machine does."""

    files: Sequence[File] = ()
    commands: Sequence[str] = ()
    """Shell commands, run once, when packages and files are there."""


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What a machine holds that must not be read elsewhere."""

    break_glass_hash: str
    """bcrypt hash of the organisation's break-glass password at this site."""
    dns_update_key: str
    """TSIG key, base64."""


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,
)


def render(template: str, **values: Any) -> str:
    """The text of a file in `components/templates`."""
    return _TEMPLATES.get_template(template).render(**values)


def meta_data(region: Region, site: str, machine: Machine) -> str:
    """cloud-init's instance data: who the machine is, and its network."""
    address = region.address(site, machine)
    return _yaml(
        {
            "instance-id": f"{machine.name}.{site}",
            "local-hostname": full_name(region, site, machine),
            "network": {
                "version": 2,
                "ethernets": {
                    "first": {
                        "match": {"name": "e*"},
                        "addresses": [str(address)],
                        "routes": [{"to": "0.0.0.0/0", "via": str(address.network.network_address + 1)}],
                        "nameservers": {
                            "addresses": list(dns_servers(region, site, machine.organisation)),
                            "search": [region.settings.domain],
                        },
                    }
                },
            },
        }
    )


def user_data(region: Region, site: str, machine: Machine, job: Job, secrets: Secrets) -> str:
    """cloud-init's user data: account, packages, files, data disks, and what to start."""
    cold = not region.workloads[machine.workload].hot
    announcement = _announcement(region, site, machine, secrets.dns_update_key) if cold else Job()
    packages = [*role_of(region, machine).packages, *(["bind9-dnsutils"] if cold else [])]
    content: dict[str, Any] = {
        "fqdn": full_name(region, site, machine),
        "hostname": machine.name,
        "prefer_fqdn_over_hostname": False,
        "users": [
            {
                "name": BREAK_GLASS,
                "gecos": "Break-glass account",
                "groups": ["sudo"],
                "shell": "/bin/bash",
                "sudo": "ALL=(ALL) ALL",
                "lock_passwd": False,
                "hashed_passwd": secrets.break_glass_hash,
            }
        ],
        "ssh_pwauth": False,
        "timezone": "Europe/Amsterdam",
    }
    if machine.disks:
        content["bootcmd"] = [
            ["sh", "-euc", _blank_disk(unit, name)] for unit, name in enumerate(machine.disks, start=1)
        ]
        content["mounts"] = [
            [f"LABEL={name}", f"{DATA_ROOT}/{name}", "ext4", "defaults,nofail,x-systemd.device-timeout=60", "0", "2"]
            for name in machine.disks
        ]
    files = [_settings(region, site, machine), *job.files, *announcement.files]
    content |= {
        "package_update": True,
        "packages": packages,
        "write_files": [file.to_dict() for file in files],
        "runcmd": [*job.commands, *announcement.commands],
    }
    return "#cloud-config\n" + _yaml(content)


def _settings(region: Region, site: str, machine: Machine) -> File:
    """What the service needs to know: who it is, and the names of what it depends on, own site first."""
    role = role_of(region, machine)
    known = {
        "organisation": machine.organisation,
        "service": machine.service,
        "role": machine.role,
        "number": machine.number,
        "site": site,
        "port": role.port,
        "data": {name: f"{DATA_ROOT}/{name}" for name in machine.disks},
        "needs": {name: [str(endpoint) for endpoint in found] for name, found in needs(region, site, machine).items()},
    }
    return File(path=SETTINGS_PATH, content=_yaml(known))


def _announcement(region: Region, site: str, machine: Machine, key: str) -> Job:
    """Tells the name servers of both sites where the machine is: at boot and every five minutes (RFC 2136)."""
    values = {
        "zone": region.settings.domain,
        "name": full_name(region, site, machine),
        "address": str(region.address(site, machine).ip),
        "servers": dns_servers(region, site, machine.organisation),
        "ttl": _TTL,
        "key": key,
    }
    return Job(
        files=[
            File(
                path="/etc/uitwijk/dns-update.key",
                content=render("dns-update.key.j2", **values),
                permissions="0600",
            ),
            File(
                path="/usr/local/sbin/announce-name",
                content=render("announce-name.sh.j2", **values),
                permissions="0755",
            ),
            File(path="/etc/systemd/system/announce-name.service", content=render("announce-name.service.j2")),
            File(path="/etc/systemd/system/announce-name.timer", content=render("announce-name.timer.j2")),
        ],
        commands=["systemctl daemon-reload", "systemctl enable --now announce-name.timer"],
    )


def _blank_disk(unit: int, name: str) -> str:
    """Makes a file system on a disk that holds none at all. After a failover it holds the data, and is left alone."""
    device = f"/dev/disk/by-path/*-scsi-0:0:{unit}:0"
    return f'device=$(echo {device}); found=$(wipefs --noheadings "$device"); [ -n "$found" ] || mkfs.ext4 -L {name} "$device"'


class _Dumper(yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper):  # type: ignore[misc]
    """Writes text of several lines as a block, as a person would."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
