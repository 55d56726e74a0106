"""`uitwijk check` on malfunctions: one host fails, or one datastore."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from tests.commands.conftest import Desk
from tests.continuity.situations import situation
from uitwijk.commands.readiness.malfunctions import malfunction_lines
from uitwijk.continuity import load_region, place
from uitwijk.continuity.capacity import fit_on
from uitwijk.continuity.region import Region
from uitwijk.continuity.spare import asked_of


def lines(desk: Desk) -> dict[str, dict[str, str]]:
    """The lines by subject."""
    return {line["subject"]: line for line in json.loads(desk.uitwijk("check", "--json").out)["lines"]}


def with_hosts(desk: Desk, site: str, *numbers: int) -> Region:
    """Leaves the site only these of its hosts."""
    path = desk.folder / "catalogue" / "sites.yaml"
    text = path.read_text(encoding="utf-8").splitlines()
    kept = [line for line in text if f"{site}-host-" not in line or any(f"{site}-host-{n}," in line for n in numbers)]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return load_region(desk.folder / "catalogue")


def test_the_delivered_sites_lose_any_one_host_without_harm(desk: Desk) -> None:
    found = lines(desk)
    for site, other in (("veldoord", "zandermeer"), ("zandermeer", "veldoord")):
        line = found[f"if a host of {site} fails"]
        assert (line["verdict"], line["remedy"]) == ("ok", "")
        assert line["why"] == f"whichever it is, everything still fits, on a normal day and when {other} is lost"


def test_that_line_is_true_host_by_host(region: Region) -> None:
    for site, other in (("veldoord", "zandermeer"), ("zandermeer", "veldoord")):
        for declared in (situation(region), situation(region, lost=[other])):
            keys = asked_of(place(region, declared), site)
            for failed in region.sites[site].hosts:
                left = [host for host in region.sites[site].hosts if host is not failed]
                assert fit_on(region, left, keys).shed == ()


def test_a_survivor_that_cannot_lose_a_host_needs_attention_and_is_told_which_host_would_do(desk: Desk) -> None:
    region = with_hosts(desk, "zandermeer", 1, 2, 3, 4)
    line = lines(desk)["if a host of zandermeer fails"]
    assert line["verdict"] == "attention"
    assert line["why"].startswith("when veldoord is lost, without zandermeer-host-")
    assert "there is no room for " in line["why"]
    told = re.fullmatch(
        r"when veldoord is lost, zandermeer(?: lacks [\d, vCPUsandGiB]+)?: (\d+) more hosts? like (\S+) "
        r"\((\d+) cores, ([\d,]+) GiB\) would do \(sites\.yaml\)",
        line["remedy"],
    )
    assert told, line["remedy"]
    host = next(host for host in region.sites["zandermeer"].hosts if host.name == told[2])
    assert (host.cores, f"{host.memory_gib:,}") == (int(told[3]), told[4])


def grown(region: Region, site: str, remedy: str) -> Region:
    """The region after somebody did what the remedy says, at last, for the site."""
    told = list(re.finditer(rf"{site}[^:;]*: (\d+) more hosts? like (\S+) ", remedy))[-1]
    hosts = region.sites[site].hosts
    like = next(host for host in hosts if host.name == told[2])
    added = tuple(like.model_copy(update={"name": f"new-{number}"}) for number in range(int(told[1])))
    return replace(
        region, sites={**region.sites, site: region.sites[site].model_copy(update={"hosts": (*hosts, *added)})}
    )


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4), (1, 2, 3), (4, 5), (1, 4)])
def test_who_adds_the_host_that_would_do_has_it_borne(desk: Desk, numbers: tuple[int, ...]) -> None:
    region = with_hosts(desk, "zandermeer", *numbers)
    line = next(line for line in malfunction_lines(region) if line.subject == "if a host of zandermeer fails")
    assert line.verdict != "ok"
    after = {line.subject: line for line in malfunction_lines(grown(region, "zandermeer", line.remedy))}
    assert after["if a host of zandermeer fails"].verdict == "ok"


def test_a_site_that_cannot_lose_a_host_on_a_normal_day_fails(desk: Desk) -> None:
    with_hosts(desk, "veldoord", 1, 2)
    said = desk.uitwijk("check", "--json")
    found = {line["subject"]: line for line in json.loads(said.out)["lines"]}
    line = found["if a host of veldoord fails"]
    assert (said.code, line["verdict"]) == (1, "fail")
    assert line["why"].startswith("on a normal day, without veldoord-host-")
    assert "; when zandermeer is lost, without veldoord-host-" in line["why"]
    assert "veldoord lacks " in line["remedy"]


def test_a_loss_for_which_there_is_no_room_says_what_is_missing_and_which_host_would_do(desk: Desk) -> None:
    with_hosts(desk, "zandermeer", 1, 2)
    line = lines(desk)["if lost veldoord"]
    assert line["verdict"] == "fail"
    assert re.search(
        r"zandermeer lacks [\d,]+ vCPUs and [\d,]+ GiB: \d+ more hosts? like zandermeer-host-", line["remedy"]
    )


def test_a_site_without_a_host_to_spare_is_told_which_host_would_do(desk: Desk) -> None:
    with_hosts(desk, "zandermeer", 1, 2, 3, 4)
    line = lines(desk)["if lost veldoord"]
    assert (line["verdict"], line["why"]) == ("attention", "no spare host at zandermeer")
    assert re.match(r"zandermeer: 1 more host like zandermeer-host-\d \(\d\d cores, ", line["remedy"])


@pytest.mark.parametrize("site", ["veldoord", "zandermeer"])
def test_a_datastore_that_fails_has_its_answer(region: Region, site: str) -> None:
    line = next(line for line in malfunction_lines(region) if line.subject == f"if a datastore of {site} fails")
    standing = sum(len(region.workloads[key].machines) for key in place(region, situation(region)).runs_at(site))
    assert line.verdict == "ok"
    assert f"all {standing} machines there stand still, so declare {site} lost" in line.why
    assert f"data-{site}: " in line.why
    assert f"declare {site} drained" in line.why
