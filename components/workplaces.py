"""Workplaces: where staff work, wherever they sit."""

from __future__ import annotations

import pulumi

from uitwijk.continuity.recipe import Kind
from uitwijk.resources import Machines, Workload, WorkloadArgs


class Workplaces(Workload):
    """Session hosts, the brokers before them, and the profile storage behind them.

    Cold. At the site that runs them, profile storage starts first, then the brokers, then as many session hosts as the
    staff need and one to spare; people may sit down when the session hosts are there. At the other site no machine
    stands. The disk with the profiles is at home whatever happens. People reach the brokers from any building, so a
    closed town hall moves no machine.
    """

    kind = Kind.WORKPLACES
    profiles: Machines
    """Keep on a data disk what staff made their own."""
    brokers: Machines
    """Where staff ask for a session, from every building; a pair, on two hosts."""
    session_hosts: Machines
    """Where staff work; one may fail."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("uitwijk:index:Workplaces", name, args, opts)
        self.profiles = self.machines("profiles")
        self.brokers = self.machines("broker")
        self.session_hosts = self.machines("session-host")
        self.register_outputs({})
