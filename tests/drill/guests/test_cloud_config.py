"""cloud-init's data becomes a plan, every address of which is on the loopback network."""

from __future__ import annotations

import base64
import gzip
import ipaddress
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.recorded import record_small
from uitwijk.continuity.errors import UitwijkError
from uitwijk.drill.guests.cloud_config import SHORTENED, File, Plan, read
from uitwijk.drill.guests.loopback import Loopback

MAPPED = Loopback([ipaddress.IPv4Network(f"10.{second}.0.0/16") for second in (11, 12, 13)], 16).text
META = """\
local-hostname: one.kustland.example
network:
  version: 2
  ethernets:
    first: {addresses: [10.11.0.9/24], nameservers: {addresses: [10.11.0.10, 10.12.0.10], search: [kustland.example]}}
"""
ENCODED = {
    "b64": base64.b64encode,
    "base64": base64.b64encode,
    "gz": gzip.compress,
    "gz+b64": lambda raw: base64.b64encode(gzip.compress(raw)),
    "gzip+base64": lambda raw: base64.b64encode(gzip.compress(raw)),
}


def plan(**config: object) -> Plan:
    return read("#cloud-config\n" + yaml.safe_dump(config, sort_keys=False), META, MAPPED)


def test_names_name_servers_disks_commands_and_packages_are_read() -> None:
    made = plan(
        fqdn="two.kustland.example",
        mounts=[["LABEL=a", "/srv/a", "ext4"], ["LABEL=b", "/srv/b"]],
        runcmd=["systemctl restart knot", ["install", "-d", "/a"]],
        packages=["knot"],
        ntp={},
        surprise=1,
    )
    assert made.name == "two.kustland.example"
    assert made.resolvers == ("127.27.0.10", "127.28.0.10")
    assert made.search == ("kustland.example",)
    assert made.mounts == ("/srv/a", "/srv/b")
    assert made.commands == (("sh", "-c", "systemctl restart knot"), ("install", "-d", "/a"))
    assert made.packages == {"knot"}
    assert made.shortened == {"ntp": SHORTENED["ntp"], "surprise": "the drill does not know it"}
    assert plan().name == "one.kustland.example"


def test_what_is_deferred_is_written_last_and_all_else_in_order() -> None:
    paths = ["/a", "/b", "/c", "/d"]
    made = plan(write_files=[{"path": path, "content": "", "defer": path in ("/a", "/c")} for path in paths])
    assert [file.path for file in made.files] == ["/b", "/d", "/a", "/c"]


def test_owner_and_permissions_are_kept() -> None:
    entries = [
        {"path": "/a", "content": "listen 10.11.0.9\n", "owner": "root:knot", "permissions": "0640", "append": True},
        {"path": "/b", "owner": "knot", "permissions": "0755"},
    ]
    assert plan(write_files=entries).files == (
        File("/a", b"listen 127.27.0.9\n", 0o640, "root", "knot", append=True),
        File("/b", b"", 0o755, "knot", "root", append=False),
    )


@given(st.text(), st.sampled_from(sorted(ENCODED)))
def test_an_encoded_text_is_decoded_and_mapped(text: str, encoding: str) -> None:
    raw = f"{text} 10.13.0.10".encode()
    entry = {"path": "/a", "content": ENCODED[encoding](raw), "encoding": encoding}
    (file,) = plan(write_files=[entry]).files
    assert file.content == MAPPED(raw.decode()).encode()


def test_what_is_no_text_stays_as_it_is() -> None:
    raw = b"\xff\x00 10.13.0.10"
    (file,) = plan(write_files=[{"path": "/a", "content": base64.b64encode(raw), "encoding": "b64"}]).files
    assert file.content == raw


@pytest.mark.parametrize(
    ("user_data", "why"),
    [
        ("packages: [knot]", "does not begin with the line #cloud-config"),
        ("#cloud-config\n- a\n", "user data is no mapping"),
        ("#cloud-config\nruncmd: [true]\n", "not as cloud-init has it"),
        ("#cloud-config\na: [\n", "user data is no YAML"),
        ("#cloud-config\nwrite_files: [{path: a}]", "'a' is no absolute path"),
        ("#cloud-config\nwrite_files: [{path: /a, encoding: rot13}]", "/a: the encoding 'rot13' is not known"),
        ("#cloud-config\nwrite_files: [{path: /a, encoding: gz+b64, content: aGVs}]", "not in the encoding 'gz.b64'"),
    ],
)
def test_what_cannot_be_carried_out_is_named(user_data: str, why: str) -> None:
    with pytest.raises(UitwijkError, match=why):
        read(user_data, META, MAPPED)


def test_every_machine_of_the_region_is_understood_and_keeps_no_address_of_the_plan() -> None:
    planned = re.compile(rb"(?<![\d.])10\.1[123]\.\d+\.\d+")
    for site in ("veldoord", "zandermeer"):
        for name, machine in record_small(site).machines.items():
            made = read(machine.user_data, machine.meta_data, MAPPED)
            assert made.name.startswith(name), name
            assert set(made.shortened) <= set(SHORTENED), name
            assert len(made.mounts) == len(machine.inputs["disks"]) - 1, name
            assert len(made.resolvers) >= 2, name
            whole = [*made.resolvers, *(word for command in made.commands for word in command)]
            for text in (*(file.content for file in made.files), " ".join(whole).encode()):
                assert not planned.search(text), name
