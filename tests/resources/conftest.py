"""What tests of resources record: the small region."""

from __future__ import annotations

from tests.recorded import recorded  # noqa: F401
