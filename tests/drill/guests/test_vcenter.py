"""Guests come and go as the machines of a simulated vCenter do."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drill.guests.administrator import Administrator
from tests.drill.guests.machines import META, SITE, ask, call_server, machine, processes_in, runner_of, server
from tests.engine.waiting import wait_until
from uitwijk.continuity.region import Region
from uitwijk.drill.guests.guests import Guests, Watched
from uitwijk.drill.guests.loopback import Loopback
from uitwijk.drill.guests.template import Template
from uitwijk.running.toolchain import Toolchain
from uitwijk.simulated.vcenter import USER, SimulatedVCenter

pytestmark = pytest.mark.timeout(180)

CALLS, DATABASE = "kolkwijde-telephony-call-server-1", "kolkwijde-civil-affairs-database-1"
"""Two machines that take part."""
DISK = "[data-veldoord] kolkwijde/civil-affairs/database-1-data.vmdk"
WITH_DISK = server("mounts: [[LABEL=disk, /srv/disk, ext4]]\n")
OWN_DISK, DATA_DISK = "/var/lib/server/seen", "/srv/disk/seen"


@pytest.fixture
def vcenter(toolchain: Toolchain, region: Region, tmp_path: Path) -> Iterator[SimulatedVCenter]:
    """The simulated vCenter of one site, without a machine."""
    simulated = SimulatedVCenter(SITE, tmp_path / "site")
    try:
        simulated.start(toolchain.simulator, region)
        yield simulated
    finally:
        simulated.stop()


@pytest.fixture
def guests(template: Template, loopback: Loopback, region: Region, tmp_path: Path) -> Iterator[Guests]:
    """Of the small region."""
    with Guests(tmp_path / "guests", template, loopback, region) as none_yet:
        yield none_yet


@pytest.fixture
def administrator(vcenter: SimulatedVCenter) -> Iterator[Administrator]:
    """Somebody who changes what stands in the vCenter."""
    with Administrator.of(vcenter) as logged_in:
        yield logged_in


def follow(guests: Guests, vcenter: SimulatedVCenter) -> None:
    address = vcenter.address
    guests.follow(SITE, Watched(address.server, USER, vcenter.password, address.ca, vcenter.folder))


def test_a_guest_lives_while_its_machine_is_on_and_keeps_its_disks(
    guests: Guests, vcenter: SimulatedVCenter, administrator: Administrator, loopback: Loopback
) -> None:
    follow(guests, vcenter)
    administrator.create(DATABASE, WITH_DISK, META, DISK)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 1, OWN_DISK: 1}
    contents = vcenter.folder / "datastores/data-veldoord/kolkwijde/civil-affairs/database-1-data.contents"
    assert (contents / "seen").read_text(encoding="utf-8") == "x"

    administrator.power_off(DATABASE)
    wait_until(lambda: DATABASE not in guests.living(SITE))
    assert not ask(loopback)
    administrator.power_on(DATABASE)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 2, OWN_DISK: 2}
    assert not guests.troubles()


def test_a_machine_that_is_made_anew_has_the_old_data_and_a_new_system(
    guests: Guests, vcenter: SimulatedVCenter, administrator: Administrator, loopback: Loopback
) -> None:
    follow(guests, vcenter)
    administrator.create(DATABASE, server(), META)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 1, OWN_DISK: 1}
    administrator.destroy(DATABASE)
    wait_until(lambda: DATABASE not in guests.living(SITE))
    administrator.create(DATABASE, server(), META)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 1, OWN_DISK: 1}


def test_guests_that_run_already_and_a_network_that_is_cut_are_noticed(
    guests: Guests, vcenter: SimulatedVCenter, administrator: Administrator
) -> None:
    administrator.create(CALLS, call_server(), META)
    administrator.create(DATABASE, machine("ls"), META)
    administrator.create("somebody-else-1", machine("ls"), META)
    follow(guests, vcenter)
    guests.await_living(SITE, [CALLS, DATABASE], 60)
    assert guests.living(SITE) == {CALLS, DATABASE}
    namespace = runner_of(os.getpid())
    assert "kamailio" in processes_in(namespace).values()
    vcenter.guests_network("cut")
    wait_until(lambda: not guests.living(SITE))
    assert len(processes_in(namespace)) == 1
    vcenter.guests_network("up")
    guests.await_living(SITE, [CALLS, DATABASE], 60)


def test_a_site_that_is_lost_is_asked_nothing_more_and_comes_back_as_it_was(
    guests: Guests, vcenter: SimulatedVCenter, administrator: Administrator, loopback: Loopback
) -> None:
    follow(guests, vcenter)
    administrator.create(DATABASE, server(), META)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback))[OWN_DISK] == 1
    vcenter.management("hang")
    mark = vcenter.mark()
    guests.cut(SITE)
    assert guests.living(SITE) == frozenset()
    assert not ask(loopback)
    vcenter.guests_network("cut")
    vcenter.management("up")
    seen = vcenter.observed(mark)
    assert not seen["while_cut"]["requests"], seen["while_cut"]
    follow(guests, vcenter)
    vcenter.guests_network("up")
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback))[OWN_DISK] == 2


def test_nothing_is_asked_while_nothing_happens(
    guests: Guests, vcenter: SimulatedVCenter, administrator: Administrator
) -> None:
    follow(guests, vcenter)
    administrator.create(CALLS, call_server(), META)
    guests.await_living(SITE, [CALLS], 60)
    mark = vcenter.mark()
    administrator.power_off(CALLS)
    wait_until(lambda: not guests.living(SITE))
    seen = vcenter.observed(mark)
    # Nobody else uses this method, and each answer to it is something that happened.
    assert 1 <= seen["requests"]["methods"]["WaitForUpdatesEx"] <= 6, seen["requests"]
    mark = vcenter.mark()
    # There is nothing to wait for: it is the silence that is looked at.
    threading.Event().wait(2)
    assert not vcenter.observed(mark)["requests"]["methods"]


def test_a_vcenter_that_cannot_be_read_is_told(guests: Guests, vcenter: SimulatedVCenter) -> None:
    address = vcenter.address
    guests.follow(SITE, Watched(address.server, USER, "wrong", address.ca, vcenter.folder))
    (trouble,) = wait_until(guests.troubles)
    assert str(trouble).startswith(f"veldoord: vCenter is not watched (vCenter {address.server}: refuses the login")
    assert "wrong" not in str(trouble)


def test_guests_outlive_a_vcenter_that_is_away_for_a_while_and_it_is_watched_again(
    guests: Guests, vcenter: SimulatedVCenter
) -> None:
    follow(guests, vcenter)
    with Administrator.of(vcenter) as before:
        before.create(CALLS, call_server(), META)
    guests.await_living(SITE, [CALLS], 60)
    vcenter.management("refuse")
    (trouble,) = wait_until(guests.troubles)
    assert trouble.unit == "vCenter"
    assert guests.living(SITE) == {CALLS}
    vcenter.management("up")
    with Administrator.of(vcenter) as after:
        after.create(DATABASE, machine("ls"), META)
        guests.await_living(SITE, [CALLS, DATABASE], 60)
        after.power_off(CALLS)
        wait_until(lambda: guests.living(SITE) == {DATABASE})
    assert guests.troubles() == (trouble,)


def test_a_rebuilt_vcenter_knows_none_of_the_old_machines(
    guests: Guests, vcenter: SimulatedVCenter, toolchain: Toolchain, region: Region, loopback: Loopback
) -> None:
    follow(guests, vcenter)
    with Administrator.of(vcenter) as before:
        before.create(DATABASE, server(), META)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 1, OWN_DISK: 1}
    guests.cut(SITE)
    vcenter.rebuild(toolchain.simulator, region)
    follow(guests, vcenter)
    with Administrator.of(vcenter) as after:
        after.create(DATABASE, server(), META)
    guests.await_living(SITE, [DATABASE], 60)
    assert wait_until(lambda: ask(loopback)) == {DATA_DISK: 1, OWN_DISK: 1}
    assert not guests.troubles()
