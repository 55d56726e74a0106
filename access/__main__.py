"""Roles and permissions in one site's vCenter: run by its administrator, once and after each change of the roles."""

from __future__ import annotations

import components
import continuity
from access.granting import grant_access, read_access_settings
from access.table import load_table

with components.told_plainly():
    table = load_table()
    settings = read_access_settings(table)
    grant_access(table, continuity.load_region(settings.catalogue), settings)
