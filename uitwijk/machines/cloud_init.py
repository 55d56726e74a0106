"""What a machine is told at its first boot: cloud-init's user data and instance data, as YAML that a person can read.

Pure: plain values in, text out. The VMware data source of cloud-init takes both from `guestinfo`.
"""

from __future__ import annotations

import base64
from typing import Any

import deflate
import yaml

from uitwijk.continuity.standing import Standing
from uitwijk.machines.announcement import announcement_job
from uitwijk.machines.job import File, Job, data_path
from uitwijk.machines.records import records_job

BREAK_GLASS = "breakglass"
"""The local account for when the directory does not answer."""


PACKED = "gzip+base64"
"""How `packed` writes, as `guestinfo.userdata.encoding` names it."""
_LEVEL = 9
"""Of twelve: higher ones take five times as long for two hundredths less."""


def packed(text: str) -> str:
    """A text in a quarter of its room, for every state holds that of hundreds of machines, twice.

    Not by Python's own gzip: what that writes depends on the zlib of the computer, and other bytes for the same text
    would change every machine that runs.
    """
    return base64.b64encode(deflate.gzip_compress(text.encode(), _LEVEL)).decode()


def meta_data(here: Standing) -> str:
    """cloud-init's instance data: who the machine is, and its network."""
    return _yaml(
        {
            "instance-id": f"{here.machine.name}.{here.site}",
            "local-hostname": here.name,
            "network": {
                "version": 2,
                "ethernets": {
                    "first": {
                        "match": {"name": "e*"},
                        "addresses": [str(here.address)],
                        "routes": [{"to": "0.0.0.0/0", "via": str(here.gateway)}],
                        "nameservers": {
                            "addresses": [str(server.address.ip) for server in here.name_servers],
                            "search": [here.region.settings.domain],
                        },
                    }
                },
            },
        }
    )


BLANK, REFUSE, FORMAT = "guestinfo.uitwijk.blank", "refuse", "format"
"""What a machine at home is told, when it is made, to do with a data disk that holds no file system."""


def user_data(here: Standing, job: Job, *, break_glass_hash: str, dns_update_key: str) -> str:
    """cloud-init's user data: account, packages, files, data disks, and what to start.

    Args:
        here: the machine, where it stands.
        job: what it does beyond what every machine does.
        break_glass_hash: bcrypt hash of the organisation's break-glass password at this site.
        dns_update_key: TSIG key, base64.
    """
    disks = here.machine.disks
    own = Job(packages=here.packages, files=[_settings(here), *_bound(here, job)])
    if not here.workload.hot:
        own += announcement_job(here, dns_update_key) + records_job(here)
    content: dict[str, Any] = {
        "fqdn": here.name,
        "timezone": "Europe/Amsterdam",
        "ssh_pwauth": False,
        "users": [
            {
                "name": BREAK_GLASS,
                "groups": "sudo",
                "shell": "/bin/bash",
                "lock_passwd": False,
                "hashed_passwd": break_glass_hash,
            }
        ],
        "package_update": True,
    }
    # cloud-init's schema refuses lists without an entry.
    if packages := dict.fromkeys([*own.packages, *job.packages]):
        content["packages"] = list(packages)
    if servers := here.time_servers:
        content["ntp"] = {"ntp_client": "systemd-timesyncd", "servers": [server.name for server in servers]}
    if disks:
        prepare = _format_if_blank if here.site == here.workload.home else _refuse_if_blank
        content["bootcmd"] = [["sh", "-euc", prepare(disk, unit)] for unit, disk in enumerate(disks, 1)]
        content["mounts"] = [
            [f"LABEL={disk}", data_path(disk), "ext4", "defaults,nofail,x-systemd.device-timeout=60", "0", "2"]
            for disk in disks
        ]
    content["write_files"] = [
        *(_written(file, defer=False) for file in own.files),
        # Only when the packages are there: they bring the accounts, and must not find their own files changed.
        *(_written(file, defer=True) for file in job.files),
    ]
    if commands := [*own.commands, *job.commands]:
        content["runcmd"] = commands
    return "#cloud-config\n" + _yaml(content)


def _written(file: File, *, defer: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": file.path}
    if file.permissions != File.permissions:
        entry["permissions"] = file.permissions
    if file.owner != File.owner:
        entry["owner"] = file.owner
    if defer:
        entry["defer"] = True
    return entry | {"content": file.content}


def _settings(here: Standing) -> File:
    """What the service needs to know: who it is, and the names of what it depends on, own site first."""
    machine = here.machine
    known: dict[str, Any] = {
        "organisation": machine.organisation,
        "service": machine.service,
        "role": machine.role,
        "number": machine.number,
        "site": here.site,
        "port": here.role.port,
        **({"data": [data_path(disk) for disk in machine.disks]} if machine.disks else {}),
        "needs": {name: [str(endpoint) for endpoint in found] for name, found in here.needs.items()},
    }
    if here.workload.hot:
        # Whoever serves at both sites has to agree with the others. A cold machine need not know how many it has.
        known["peers"] = [str(endpoint) for endpoint in here.peers]
    return File(path="/etc/uitwijk/service.yaml", content=_yaml(known))


def _bound(here: Standing, job: Job) -> list[File]:
    """What keeps the units that work on the data disks from starting without them."""
    if not here.machine.disks:
        return []
    mounts = " ".join(data_path(disk) for disk in here.machine.disks)
    return [
        File(path=f"/etc/systemd/system/{unit}.d/data-disks.conf", content=f"[Unit]\nRequiresMountsFor={mounts}\n")
        for unit in job.bound
    ]


def _found(unit: int) -> str:
    """What a data disk holds, as `found`; its identity is its place at the controller."""
    return f'device=$(echo /dev/disk/by-path/*-scsi-0:0:{unit}:0); found=$(wipefs --noheadings "$device"); '


def _format_if_blank(disk: str, unit: int) -> str:
    """Makes a file system on a disk that holds none at all, at its home site, unless the disk is no new one.

    After a failover and back it holds the data, and is left alone; blank, it is a copy that never arrived, which the
    machine is told by `BLANK`. Not cloud-init's own `fs_setup`: on a whole disk that makes one over whatever is there.
    """
    told = f'"$(vmware-rpctool "info-get {BLANK}" 2>/dev/null || true)"'
    return (
        f'{_found(unit)}if [ -z "$found" ] && [ {told} = {REFUSE} ]; then {_refusal(disk)}; fi; '
        f'[ -n "$found" ] || mkfs.ext4 -L {disk} "$device"'
    )


def _refuse_if_blank(disk: str, unit: int) -> str:
    """Formats nothing away from home: a blank disk there is a replica that never arrived, not a new disk.

    It is not mounted then, and what works on it does not start.
    """
    return f'{_found(unit)}[ -n "$found" ] || {{ {_refusal(disk)}; }}'


def _refusal(disk: str) -> str:
    message = (
        f"{disk} is blank: its replica never arrived. It is not formatted; have the storage administrator see to it"
    )
    return f'echo "{message}" | tee /dev/console >&2; exit 1'


class _Dumper(yaml.CSafeDumper if yaml.__with_libyaml__ else yaml.SafeDumper):  # type: ignore[misc]
    """Writes text of several lines as a block, as a person would."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def _yaml(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
