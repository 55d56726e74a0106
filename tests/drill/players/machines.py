"""The machines of the small region that live in these tests: two municipalities, and what they share."""

from __future__ import annotations

MUNICIPALITIES = ("kolkwijde", "reeenmeer")
OWN = (
    "workplaces-profiles-1",
    "workplaces-broker-1",
    "workplaces-session-host-1",
    "civil-affairs-database-1",
    "civil-affairs-application-1",
    "counter-application-1",
    "documents-files-1",
    "documents-application-1",
)
SHARED = (
    "kust-service-bus-node-1",
    "kust-case-management-database-1",
    "kust-case-management-application-1",
    "kust-e-services-web-1",
)
NAME_SERVERS = ("kust-directory-server-1", "kust-directory-server-2")
MACHINES = (*SHARED, *(f"{municipality}-{machine}" for municipality in MUNICIPALITIES for machine in OWN))
"""Those that stand at one site at a time; nobody runs the databases, and what needs them."""
