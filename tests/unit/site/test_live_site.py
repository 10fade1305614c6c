from __future__ import annotations

import structlog

from weighbridge.errors import BadSite
from weighbridge.model.requests import Namespace
from weighbridge.site.facts import configured
from weighbridge.site.live import LOOK_EVERY, LiveSite
from weighbridge.site.objects import SiteObjects, read_folder

POLICY = "apiVersion: weighbridge.dev/v1alpha1\nkind: ModelPolicy\nmetadata: {{name: {name}}}\nspec: {{askURL: 'https://{name}.example'}}\n"


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def live(folder, clock):
    return LiveSite(folder, lambda: configured(read_folder(folder), "audit", None, ()), clock)


def names(site):
    return [one.name for one in site.facts_for(Namespace("ns"), ()).policies]


def test_a_changed_folder_is_read_again_without_a_restart(tmp_path):
    (tmp_path / "a.yaml").write_text(POLICY.format(name="one"))
    clock = Clock()
    site = live(tmp_path, clock)
    (tmp_path / "a.yaml").write_text(POLICY.format(name="another"))

    assert names(site) == ["one"]

    clock.now = LOOK_EVERY

    assert names(site) == ["another"]
    assert site.ask_url(Namespace("ns")) == "https://another.example"
    assert site.signers() == ()


def test_a_folder_that_cannot_be_read_leaves_the_last_good_site(tmp_path):
    (tmp_path / "a.yaml").write_text(POLICY.format(name="one"))
    clock = Clock()
    site = live(tmp_path, clock)
    (tmp_path / "b.yaml").write_text("apiVersion: weighbridge.dev/v1alpha1\nkind: Nothing\n")
    clock.now = LOOK_EVERY
    with structlog.testing.capture_logs() as logged:
        kept = names(site)

    assert kept == ["one"]
    assert "the last good one stays" in logged[0]["event"]

    (tmp_path / "b.yaml").unlink()
    clock.now = 2 * LOOK_EVERY

    assert names(site) == ["one"]


def test_a_folder_that_does_not_change_is_not_read_again(tmp_path):
    (tmp_path / "a.yaml").write_text(POLICY.format(name="one"))
    clock, reads = Clock(), []

    def load():
        reads.append(1)
        return configured(read_folder(tmp_path), "audit", None, ())

    site = LiveSite(tmp_path, load, clock)
    clock.now = LOOK_EVERY
    names(site)

    assert len(reads) == 1


def test_without_a_folder_there_is_nothing_to_look_at():
    clock = Clock()
    site = LiveSite(None, lambda: configured(SiteObjects(), "audit", None, ()), clock)
    clock.now = LOOK_EVERY

    assert names(site) == []


def test_a_site_that_is_bad_from_the_start_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text("apiVersion: weighbridge.dev/v1alpha1\nkind: Nothing\n")
    refused = False
    try:
        live(tmp_path, Clock())
    except BadSite:
        refused = True

    assert refused
