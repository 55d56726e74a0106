"""Declarations: which are legal, what each makes of the situation, and what to run next."""

from __future__ import annotations

import datetime

import pytest

from tests.continuity.regions import build
from tests.continuity.situations import situation
from uitwijk.continuity.declaration import Change, declare, next_commands
from uitwijk.continuity.errors import SituationError
from uitwijk.continuity.fields import MOST
from uitwijk.continuity.region import Region
from uitwijk.continuity.situation import SiteState, Situation

NOW = datetime.datetime(2026, 11, 28, 8, 12, tzinfo=datetime.UTC)


def after(region: Region, start: Situation, *changes: Change) -> Situation:
    return declare(region, start, changes, by="duty officer", reason="fire", at=NOW)


def problems(region: Region, start: Situation, *changes: Change, by: str = "me", reason: str = "fire") -> list[str]:
    with pytest.raises(SituationError) as caught:
        declare(region, start, changes, by=by, reason=reason, at=NOW)
    return list(caught.value.problems)


@pytest.fixture
def normal(region: Region) -> Situation:
    return situation(region, epoch=4)


@pytest.fixture
def taken_over(region: Region) -> Situation:
    return situation(region, lost=["veldoord"], promoted={"veldoord": "zandermeer"}, epoch=6)


def test_several_changes_are_one_epoch_and_one_entry_in_the_log(region: Region, normal: Situation) -> None:
    declared = after(region, normal, Change("lost", "veldoord"), Change("closed", "kust-office"))
    assert declared.epoch == 5
    assert declared.sites["veldoord"] is SiteState.LOST
    assert list(declared.closed_buildings) == ["kust-office"]
    entry = declared.log[-1]
    assert (entry.epoch, entry.by, entry.change, entry.reason) == (
        5, "duty officer", "lost veldoord, closed kust-office", "fire",
    )  # fmt: skip
    assert entry.at == NOW


def test_the_situation_before_is_not_changed(region: Region, normal: Situation) -> None:
    after(region, normal, Change("lost", "veldoord"))
    assert normal.sites["veldoord"] is SiteState.NORMAL


def test_an_override_ends_with_its_epoch(region: Region, normal: Situation) -> None:
    overridden = after(region, normal, Change("override", "peer-holds"), Change("override", "peer-unreadable"))
    assert overridden.override == ("peer-holds", "peer-unreadable")
    assert after(region, overridden, Change("closed", "kust-office")).override == ()


def test_staff_can_be_sent_to_buildings(region: Region, normal: Situation) -> None:
    closed = Change("closed", "kolkwijde-town-hall", staff_to={"wilgendam-town-hall": 6})
    declared = after(region, normal, closed)
    assert declared.closed_buildings["kolkwijde-town-hall"].staff_to == {"wilgendam-town-hall": 6}


@pytest.mark.parametrize(
    ("seats", "what"),
    [
        ({"wilgendam-town-hall": 7}, "wilgendam-town-hall=7: of the 28 people of kolkwijde-town-hall, 6 can sit there"),
        ({"kust-office": 13}, "kust-office=13: of the 28 people of kolkwijde-town-hall, 12 can sit there"),
    ],
)
def test_staff_are_not_sent_where_they_cannot_all_sit(
    region: Region, normal: Situation, seats: dict[str, int], what: str
) -> None:
    assert problems(region, normal, Change("closed", "kolkwijde-town-hall", staff_to=seats)) == [
        f"declare closed kolkwijde-town-hall: --staff-to {what}"
    ]


def test_an_order_that_takes_the_seats_of_an_earlier_one_is_refused(region: Region, normal: Situation) -> None:
    sent = after(region, normal, Change("closed", "kust-office", staff_to={"wilgendam-town-hall": 6}))
    (problem,) = problems(region, sent, Change("closed", "kolkwijde-town-hall", staff_to={"wilgendam-town-hall": 6}))
    assert problem.endswith("--staff-to wilgendam-town-hall=6: no seat is free there")


def test_no_epoch_follows_the_last_one(region: Region, normal: Situation) -> None:
    last = normal.model_copy(update={"epoch": MOST})
    (problem,) = problems(region, last, Change("lost", "veldoord"))
    assert problem.startswith(f"declare: no epoch follows {MOST}")


@pytest.mark.parametrize("by", ["W\udcfbn", "a\x00b", "x" * 2001, "\x1b[2J"])
def test_whoever_declares_is_named_in_text_that_a_screen_can_show(region: Region, normal: Situation, by: str) -> None:
    with pytest.raises(SituationError, match=r"^declare --by: "):
        declare(region, normal, [Change("lost", "veldoord")], by=by, reason="fire", at=NOW)


@pytest.mark.parametrize("state", ["lost", "drained"])
def test_a_normal_site_may_be_lost_or_drained(region: Region, normal: Situation, state: str) -> None:
    assert after(region, normal, Change(state, "veldoord")).sites["veldoord"] == state


def test_a_false_alarm_may_be_called_off_while_the_data_was_never_promoted_away(
    region: Region, normal: Situation
) -> None:
    lost = after(region, normal, Change("lost", "veldoord"))
    assert after(region, lost, Change("normal", "veldoord")).sites["veldoord"] is SiteState.NORMAL


def test_a_lost_site_whose_data_was_promoted_away_comes_back_as_drained_first(
    region: Region, taken_over: Situation
) -> None:
    (problem,) = problems(region, taken_over, Change("normal", "veldoord"))
    assert problem.startswith(
        "declare normal veldoord: veldoord was lost and its dataset is writable at zandermeer: it comes back as drained"
    )
    assert "uitwijk declare drained veldoord" in problem
    drained = after(region, taken_over, Change("drained", "veldoord"))
    assert after(region, drained, Change("normal", "veldoord")).sites["veldoord"] is SiteState.NORMAL


def test_losing_it_again_is_no_way_around_that(region: Region, taken_over: Situation) -> None:
    drained = after(region, taken_over, Change("drained", "veldoord"))
    lost_again = after(region, drained, Change("lost", "veldoord"))
    assert len(problems(region, lost_again, Change("normal", "veldoord"))) == 1


def test_data_is_promoted_where_a_site_lives(region: Region, normal: Situation) -> None:
    lost = after(region, normal, Change("lost", "veldoord"))
    promoted = after(region, lost, Change("promoted", "veldoord", at="zandermeer"))
    assert promoted.data == {"veldoord": "zandermeer", "zandermeer": "zandermeer"}
    assert promoted.log[-1].change == "promoted veldoord at zandermeer"


@pytest.mark.parametrize("lost_first", [True, False])
def test_data_cannot_be_promoted_at_a_lost_site(region: Region, normal: Situation, lost_first: bool) -> None:
    lost, promoted = Change("lost", "veldoord"), Change("promoted", "zandermeer", at="veldoord")
    told = problems(region, normal, *((lost, promoted) if lost_first else (promoted, lost)))
    assert told == ["declare promoted zandermeer: veldoord is declared lost; nothing can be writable there"]


def test_data_is_not_promoted_away_from_a_site_that_works_on_it(region: Region, normal: Situation) -> None:
    working = sum(not w.hot and w.home == "veldoord" for w in region.workloads.values())
    assert problems(region, normal, Change("promoted", "veldoord", at="zandermeer")) == [
        f"declare promoted veldoord at zandermeer: {working} workloads work on it at veldoord, which is normal. Have "
        "them given away first: `uitwijk declare drained veldoord --by … --reason …`, "
        "`pulumi up --stack veldoord --continue-on-error`"
    ]
    drained = after(region, normal, Change("drained", "veldoord"))
    moved = after(region, drained, Change("promoted", "veldoord", at="zandermeer"))
    assert moved.data["veldoord"] == "zandermeer"


def test_data_does_not_come_home_before_the_other_site_is_to_give_the_workloads_back(
    region: Region, taken_over: Situation
) -> None:
    drained = after(region, taken_over, Change("drained", "veldoord"))
    (problem,) = problems(region, drained, Change("promoted", "veldoord", at="veldoord"))
    assert "workloads work on it at zandermeer, which is normal." in problem
    assert (
        "`uitwijk declare normal veldoord --by … --reason …`, `pulumi up --stack zandermeer --continue-on-error`"
        in problem
    )
    back = after(region, drained, Change("normal", "veldoord"))
    assert after(region, back, Change("promoted", "veldoord", at="veldoord")).data["veldoord"] == "veldoord"


def test_data_of_a_lost_site_may_be_promoted_at_once(region: Region, normal: Situation) -> None:
    lost = after(region, normal, Change("lost", "veldoord"), Change("promoted", "veldoord", at="zandermeer"))
    assert lost.data["veldoord"] == "zandermeer"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (Change("lost", "elders"), "declare lost elders: elders is no site; there are: veldoord, zandermeer"),
        (Change("normal", "veldoord"), "declare normal veldoord: veldoord is normal already"),
        (Change("burnt", "veldoord"),
         "declare burnt veldoord: burnt cannot be declared; say one of lost, drained, normal, closed, opened, "
         "promoted, override"),
        (Change("opened", "kust-office"), "declare opened kust-office: kust-office is not closed"),
        (Change("promoted", "veldoord"),
         "declare promoted veldoord: at which site is the dataset writable now? Say --at SITE"),
        (Change("promoted", "veldoord", at="elders"),
         "declare promoted veldoord at elders: elders is no site; there are: veldoord, zandermeer"),
        (Change("promoted", "veldoord", at="veldoord"),
         "declare promoted veldoord at veldoord: dataset veldoord is writable at veldoord already"),
        (Change("promoted", "elders", at="veldoord"),
         "declare promoted elders at veldoord: elders is no dataset; there are: veldoord, zandermeer"),
        (Change("override", "epoch"),
         "declare override epoch: epoch is no row of the guard that can be overridden; there are: peer-holds, "
         "peer-unreadable"),
        (Change("closed", "kust-office", staff_to={"wilgendam-town-hall": 0}),
         "declare closed kust-office: --staff-to wilgendam-town-hall=0: seats are whole numbers, 1 or more"),
        (Change("closed", "kust-office", staff_to={"kust-office": 8}),
         "declare: closed_buildings.kust-office.staff_to.kust-office: is closed itself"),
    ],
)  # fmt: skip
def test_an_illegal_declaration(region: Region, normal: Situation, change: Change, problem: str) -> None:
    assert problems(region, normal, change) == [problem]


def test_an_unknown_building_is_told_with_those_there_are(region: Region, normal: Situation) -> None:
    (problem,) = problems(region, normal, Change("closed", "elders-town-hall"))
    assert problem.startswith(
        "declare closed elders-town-hall: elders-town-hall is no building; there are: kolkwijde-town-hall, "
    )


def test_one_thing_cannot_be_declared_two_ways_at_once(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("lost", "veldoord"), Change("drained", "veldoord"))
    assert told == ["declare: veldoord is declared 2 times in one call; say once what holds now"]


def test_declaring_nothing_is_an_error(region: Region, normal: Situation) -> None:
    assert problems(region, normal)[0].startswith("declare: nothing to declare; say one of lost, drained, normal")


def test_who_and_why_must_be_said(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("lost", "veldoord"), by=" ", reason="")
    assert told == ["declare: --by is empty; the log needs it", "declare: --reason is empty; the log needs it"]


def test_everything_that_is_not_legal_is_told_at_once(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("normal", "veldoord"), Change("opened", "kust-office"), by="")
    assert len(told) == 3


def lines(region: Region, before: Situation, *changes: Change) -> list[str]:
    return [command.line for command in next_commands(region, before, after(region, before, *changes))]


def test_after_a_closed_building_both_stacks_are_brought_up(region: Region, normal: Situation) -> None:
    closed = lines(region, normal, Change("closed", "kolkwijde-town-hall"))
    assert closed == [
        "pulumi up --stack veldoord --continue-on-error",
        "pulumi up --stack zandermeer --continue-on-error",
    ]


def test_after_a_lost_site_the_data_is_promoted_and_the_survivor_brought_up(region: Region, normal: Situation) -> None:
    assert lines(region, normal, Change("lost", "veldoord")) == [
        "uitwijk declare promoted veldoord --at zandermeer --by 'duty officer' --reason fire",
        "pulumi preview --stack zandermeer",
        "pulumi up --stack zandermeer --continue-on-error",
    ]


def test_after_the_return_the_site_that_came_back_is_brought_up_first(region: Region, taken_over: Situation) -> None:
    commands = lines(region, taken_over, Change("drained", "veldoord"))
    assert commands[0] == "pulumi up --stack veldoord --continue-on-error"
    assert not any("lost" in command for command in commands)


def test_at_failback_the_other_site_releases_before_the_data_comes_home(region: Region) -> None:
    drained = situation(region, drained=["veldoord"], promoted={"veldoord": "zandermeer"}, epoch=7)
    commands = lines(region, drained, Change("normal", "veldoord"))
    release = commands.index("pulumi up --stack zandermeer --continue-on-error")
    promote = next(i for i, line in enumerate(commands) if "promoted veldoord --at veldoord" in line)
    take = commands.index("pulumi up --stack veldoord --continue-on-error")
    assert release < promote < take


def test_a_promotion_waits_for_the_storage_administrator(region: Region, normal: Situation) -> None:
    commands = next_commands(region, normal, after(region, normal, Change("lost", "veldoord")))
    assert [command.once for command in commands] == ["the storage administrator promoted the replica", "", ""]


def test_at_failback_each_site_is_brought_up_with_what_it_does(region: Region) -> None:
    drained = situation(region, drained=["veldoord"], promoted={"veldoord": "zandermeer"}, epoch=7)
    assert lines(region, drained, Change("normal", "veldoord")) == [
        "pulumi up --stack zandermeer --continue-on-error",
        "uitwijk declare promoted veldoord --at veldoord --by 'duty officer' --reason fire",
        "pulumi preview --stack veldoord",
        "pulumi up --stack veldoord --continue-on-error",
        "pulumi up --stack zandermeer --continue-on-error",
    ]


def test_after_a_drain_called_off_before_its_data_moved_the_other_site_releases_first(region: Region) -> None:
    drained = situation(region, drained=["veldoord"], epoch=7)
    assert lines(region, drained, Change("normal", "veldoord")) == [
        "pulumi up --stack zandermeer --continue-on-error",
        "pulumi preview --stack veldoord",
        "pulumi up --stack veldoord --continue-on-error",
    ]


def test_a_site_that_works_for_another_is_previewed_first_whatever_is_declared(
    region: Region, taken_over: Situation
) -> None:
    assert lines(region, taken_over, Change("closed", "kolkwijde-town-hall")) == [
        "pulumi preview --stack zandermeer",
        "pulumi up --stack zandermeer --continue-on-error",
    ]


def test_of_two_sites_that_release_the_drained_one_is_first() -> None:
    three = build(
        hosts={site: [(40, 250)] * 3 for site in ("east", "north", "west")},
        municipalities={f"m-{site}": {"home": site, "seats": 3} for site in ("east", "west")},
    )
    away = situation(three, drained=["east"], promoted={"east": "north"}, epoch=7)
    swapped = lines(three, away, Change("normal", "east"), Change("drained", "west"))
    assert swapped[:2] == ["pulumi up --stack west --continue-on-error", "pulumi up --stack north --continue-on-error"]


def test_a_site_that_gives_one_sites_work_back_and_takes_anothers_is_brought_up_twice() -> None:
    three = build(
        hosts={site: [(40, 250)] * 3 for site in ("north", "east", "west")},
        municipalities={f"m-{site}": {"home": site, "seats": 3} for site in ("east", "west")},
    )
    away = situation(three, drained=["east"], promoted={"east": "north"}, epoch=7)
    ups = lines(three, away, Change("normal", "east"), Change("drained", "west"))
    assert ups.count("pulumi preview --stack north") == 1
    assert ups.count("pulumi up --stack north --continue-on-error") == 2
    assert ups.index("pulumi up --stack north --continue-on-error") < ups.index("pulumi preview --stack north")


def test_a_situation_without_a_log_leaves_open_who_promotes_and_why(region: Region, normal: Situation) -> None:
    (promote, *_) = next_commands(region, normal, situation(region, lost=["veldoord"], epoch=5))
    assert promote.line == "uitwijk declare promoted veldoord --at zandermeer --by '…' --reason '…'"


def test_closed_buildings_stand_in_the_order_of_the_catalogue(region: Region, normal: Situation) -> None:
    backwards = list(reversed(region.buildings))
    declared = after(region, normal, *(Change("closed", building) for building in backwards))
    assert list(declared.closed_buildings) == list(region.buildings)


def test_a_closed_building_is_closed_again_only_to_send_its_staff_elsewhere(region: Region, normal: Situation) -> None:
    closed = after(region, normal, Change("closed", "kust-office"))
    assert problems(region, closed, Change("closed", "kust-office")) == [
        "declare closed kust-office: kust-office is closed already"
    ]
    sent = after(region, closed, Change("closed", "kust-office", staff_to={"wilgendam-town-hall": 2}))
    assert sent.closed_buildings["kust-office"].staff_to == {"wilgendam-town-hall": 2}


def test_every_wrong_number_of_seats_is_told(region: Region, normal: Situation) -> None:
    wrong = {"kolkwijde-town-hall": 0, "wilgendam-town-hall": -1}
    (problem,) = problems(region, normal, Change("closed", "kust-office", staff_to=wrong))
    assert "--staff-to kolkwijde-town-hall=0, wilgendam-town-hall=-1: seats are whole numbers" in problem


def test_two_verbs_that_do_not_exist_are_two_mistakes(region: Region, normal: Situation) -> None:
    told = problems(region, normal, Change("burnt", "veldoord"), Change("flooded", "veldoord"))
    assert [problem.split(":")[0] for problem in told] == ["declare burnt veldoord", "declare flooded veldoord"]
