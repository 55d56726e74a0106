"""Machines for tests, as cloud-init would be told of them, and what can be seen of their processes from outside."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from textwrap import indent

from uitwijk.drill.guests.loopback import Loopback

SITE = "veldoord"
META = "local-hostname: one.kustland.example\n"
PORT = 8440
_KAMAILIO = """\
#!KAMAILIO
listen=udp:10.11.26.20:5060
children=1
loadmodule "sl.so"
request_route { sl_send_reply("200", "OK"); }
"""
_KNOT = """\
server:
  listen: [ "10.11.0.10@53" ]
zone:
  - domain: example
    storage: /var/lib/knot
    file: example.zone
"""
_ZONE = """\
$ORIGIN example.
@ 60 SOA a hostmaster 1 60 60 60 60
@ 60 NS a
a 60 A 10.11.26.40
"""
_SERVER = """\
import os, pathlib, socket
server = socket.create_server(("10.11.26.30", 8440))
while True:
    connection, _ = server.accept()
    for file in ("/srv/disk/seen", "/var/lib/server/seen"):
        if os.path.isdir(os.path.dirname(file)):
            with open(file, "a") as seen:
                seen.write("x")
            connection.sendall(f"{file} {len(pathlib.Path(file).read_text())}\\n".encode())
    connection.close()
"""
_UNIT = """\
[Service]
User=www-data
StateDirectory=server
ExecStart=/usr/bin/python3 /srv/server.py
[Install]
WantedBy=multi-user.target
"""


def machine(*commands: str, files: dict[str, str] | None = None, more: str = "") -> str:
    """User data with these commands and files, and `more` lines."""
    written = "".join(f"- path: {path}\n  content: |\n{indent(text, '    ')}" for path, text in (files or {}).items())
    listed = "".join(f"- {command}\n" for command in commands)
    return f"#cloud-config\nfqdn: one.kustland.example\n{more}write_files:\n{written or '  []'}\nruncmd:\n{listed}"


def call_server(spoiled: str = "") -> str:
    """A machine with Kamailio at 10.11.26.20; `spoiled` is added to its configuration."""
    return machine("systemctl restart kamailio", files={"/etc/kamailio/kamailio.cfg": _KAMAILIO + spoiled})


def name_server(spoiled: str = "") -> str:
    """A machine with knot at 10.11.0.10, port 53; `spoiled` is added to its configuration."""
    files = {"/etc/knot/knot.conf": _KNOT + spoiled, "/var/lib/knot/example.zone": _ZONE}
    return machine("systemctl restart knot", files=files)


def server(more: str = "", command: str = "systemctl enable --now server") -> str:
    """A machine that counts, on its own disk and on a data disk, how often it was asked at 10.11.26.30."""
    files = {"/srv/server.py": _SERVER, "/etc/systemd/system/server.service": _UNIT}
    return machine("install -d -o www-data /srv/disk", command, files=files, more=more)


def ask(loopback: Loopback) -> dict[str, int]:
    """How often the server was asked, by place where it counts; empty: it does not answer."""
    said = b""
    with contextlib.suppress(OSError), socket.create_connection((loopback.address("10.11.26.30"), PORT), 5) as asking:
        while more := asking.recv(1000):
            said += more
    return {place: int(number) for place, number in map(str.split, said.decode().splitlines())}


def runner_of(pid: int) -> str:
    """The PID namespace of the guests that a process runs."""
    children = [
        child
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text(encoding="ascii").split()
    ]
    (runner,) = [child for child in children if b"unshare" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return os.readlink(f"/proc/{runner}/ns/pid_for_children")


def processes_in(namespace: str) -> dict[int, str]:
    """Names of the processes of a PID namespace, by their id outside."""
    found = {}
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if os.readlink(entry / "ns/pid") == namespace:
                found[int(entry.name)] = (entry / "comm").read_text(encoding="utf-8").strip()
    return found
