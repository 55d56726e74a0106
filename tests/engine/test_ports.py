"""Ports that tests are given."""

from __future__ import annotations

import socket

from tests.engine.ports import neighbouring_ports


def test_ports_are_given_once_at_a_time_and_may_be_listened_on() -> None:
    with neighbouring_ports(2) as mine, neighbouring_ports(2) as another:
        assert len({mine, mine + 1, another, another + 1}) == 4
        with socket.create_server(("127.0.0.1", mine)), socket.create_server(("127.0.0.1", mine + 1)):
            pass


def test_a_port_on_which_somebody_listens_is_not_given() -> None:
    with neighbouring_ports(2) as first:
        pass
    with socket.create_server(("127.0.0.1", first + 1)), neighbouring_ports(2) as other:
        assert first + 1 not in (other, other + 1)
