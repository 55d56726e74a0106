"""What is: the actual state of the stacks, and whether the site's vCenter answers. Read only, within 10 seconds."""

from __future__ import annotations

from uitwijk.observe.gathering import gather, read_stack
from uitwijk.observe.login import Login
from uitwijk.observe.vcenter import vcenter_problem

__all__ = ["Login", "gather", "read_stack", "vcenter_problem"]
