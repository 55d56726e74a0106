"""Roles and permissions in one site's vCenter: run by its administrator, once and after each change of the roles."""

from __future__ import annotations

from uitwijk import continuity, resources
from uitwijk.access.granting import grant_access, read_access_settings
from uitwijk.access.table import load_table

with resources.told_plainly():
    table = load_table()
    settings = read_access_settings(table)
    grant_access(table, continuity.load_region(settings.catalogue), settings)
