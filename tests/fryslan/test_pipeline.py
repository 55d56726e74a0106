"""The pipeline that the handbook shows is that of Fryslân's two sites."""

from __future__ import annotations

import yaml

from tests.fryslan.project import FRYSLAN

PIPELINE = FRYSLAN.folder / "docs" / "examples" / "gitlab-ci.yml"


def test_the_pipeline_previews_every_site_and_holds_no_secret() -> None:
    text = PIPELINE.read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)
    sites = {path.name.split(".")[1] for path in FRYSLAN.folder.glob("Pulumi.*.yaml")}
    assert set(jobs["preview"]["parallel"]["matrix"][0]["SITE"]) == sites
    assert all(f"READER_PASSWORD_{site.upper()}" in text for site in sites)
    assert {jobs[job]["stage"] for job in ("prove", "preview")} == set(jobs["stages"])
