"""A slice of `tools.soak.scanner_soak`: hundreds of scans over pseudo terminals, none lost, doubled or joined."""

import pytest

from tools.soak.scanner_soak import tally, through_serial, through_ssi


@pytest.mark.parametrize("channel", [through_serial, through_ssi])
def test_scan_after_scan(channel):
    found = channel(300, 7)
    assert found.sent == 300
    assert not found.wrong, found


def test_the_tally_finds_what_goes_wrong():
    sent = ["A", "B", "B", "C"]
    assert not tally(sent, sent).wrong
    assert tally(sent, ["A", "B", "C"]).lost == 1
    assert tally(sent, ["A", "A", "B", "B", "C"]).doubled == 1
    assert tally(sent, ["AB", "B", "C"]).joined == 1
    assert not tally(sent, ["A", "B", "C", "B"]).in_order
