"""The roles as data: whole, in the words of the API, and shown to people as they are."""

from __future__ import annotations

import importlib

import pytest
from pyVmomi import VmomiSupport

from uitwijk.access.table import Table, load_table
from uitwijk.continuity.reading import Problems, validate

SYSTEM = "System."
"""Begins the privileges that every role brings."""


def asked_by_the_api() -> dict[str, set[str]]:
    """What VMware's own client library states, by method; nothing where privileges depend on the call."""
    for part in ("vim", "pbm", "vmodl"):
        importlib.import_module(f"pyVmomi.{part}")
    asked: dict[str, set[str]] = {}
    for kind in list(VmomiSupport._managedDefMap):
        for method in VmomiSupport.GetVmodlType(kind)._methodInfo.values():
            asked.setdefault(method.wsdlName, set()).update([method.privId] if method.privId else [])
    return asked


def test_every_method_has_the_privilege_that_the_api_states_for_it():
    table, asked = load_table(), asked_by_the_api()
    soap = {method for method in table.needed_by("program") if method in asked}
    assert len(soap) > 10
    for method in soap:
        stated = {privilege for privilege in asked[method] if not privilege.startswith(SYSTEM)}
        assert stated <= table.needed_by("program")[method], method


def test_methods_that_only_read_ask_for_nothing_that_a_role_has_to_name():
    table, asked = load_table(), asked_by_the_api()
    soap = [method for method in table.reads if method in asked]
    assert len(soap) > 15
    for method in soap:
        assert all(privilege.startswith(SYSTEM) for privilege in asked[method]), method


def test_a_method_is_not_both_harmless_and_in_need_of_privileges():
    table = load_table()
    assert not table.needed_by("program").keys() & set(table.reads)


def test_what_nobody_listed_is_told():
    table = load_table()
    assert table.unexplained(["CloneVM_Task", "RelocateVM_Task", "Login"]) == ["RelocateVM_Task"]


def test_the_reader_may_look_and_nothing_else():
    table = load_table()
    held = {name for g in table.grants if g.account == "reader" for name in table.roles[g.role].privileges}
    assert held == {"Datastore.Browse"}
    assert table.unexplained(["Login", "SearchDatastoreSubFolders_Task"], "reader") == []
    assert table.unexplained(["PowerOffVM_Task"], "reader") == ["PowerOffVM_Task"]


def test_on_one_object_an_account_has_one_role():
    pairs = [(grant.account, grant.object) for grant in load_table().grants]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("role", ["uitwijk-templates", "uitwijk-other-data"])
def test_templates_and_the_copies_of_other_sites_data_can_be_used_and_not_removed(role):
    assert not [name for name in load_table().roles[role].privileges if "Delete" in name or "FileManagement" in name]


def test_a_role_that_is_granted_and_never_described_is_refused():
    content = load_table().model_dump()
    content["grants"][0]["role"] = "uitwijk-tgas"
    problems = Problems()
    assert validate(Table, content, "roles.yaml", problems) is None
    assert "role uitwijk-tgas is granted and not described; role uitwijk-tags is described and never granted" in str(
        problems.lines
    )
