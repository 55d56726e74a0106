"""Has one guest and keeps it until it is killed: `python -m tests.drill.guests.one_guest TEMPLATE FOLDER SHIFT`."""

from __future__ import annotations

import ipaddress
import sys
from pathlib import Path

from tests.drill.guests.machines import META, SITE, call_server
from uitwijk.drill.guests.guests import Guests
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template

if __name__ == "__main__":
    template, folder, shift = sys.argv[1:]
    loopback = Loopback([ipaddress.IPv4Network("10.11.0.0/16")], int(shift))
    with Guests(Path(folder), Template(Path(template)), loopback) as guests:
        guests.boot(SITE, "one", call_server(), META)
        guests.await_living(SITE, ["one"], 60)
        print("lives", flush=True)
        sys.stdin.read()
