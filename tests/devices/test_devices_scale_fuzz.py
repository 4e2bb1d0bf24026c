"""Small slices of the long runs: damaged frames of every dialect, and parcels handled as people do."""

import pytest

from devices.codecs.scales.dialects import DIALECTS
from devices.weighing import GateRule
from tools.bench.weight_capture import stories
from tools.soak import scale_fuzz


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_damaged_frames_never_make_a_wrong_weight(dialect):
    tally = scale_fuzz.fuzz(dialect, 1_000, 3)
    assert tally.wrong == []
    assert tally.usable > 20


def test_without_the_gate_they_would(monkeypatch):
    monkeypatch.setattr("devices.drivers.scale_dialect.rule_for", lambda has_stability, poll_s: GateRule(repeats=1))
    assert len(scale_fuzz.fuzz("mt-sics", 1_000, 3).wrong) > 5


def test_every_parcel_is_taken_once():
    assert stories(15) == (15, 0, 0)
