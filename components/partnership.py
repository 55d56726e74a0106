"""A partnership at one site."""

from __future__ import annotations

from components.organisation import Organisation


class Partnership(Organisation):
    """The shared services that a partnership runs for its members, and the ICT of its own staff.

    Names, time and directory, and the border controllers of the telephone carrier stand at both sites at all times;
    service bus and databases run at one, and go first in a failover, for the members depend on them.
    """
