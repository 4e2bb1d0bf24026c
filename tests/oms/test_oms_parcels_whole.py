"""A slice of `tools.soak.parcels_whole`: station, printer, server process and carrier fail, and every parcel is right in the end."""

import gc

import pytest

from tools.soak.parcels_whole import BAD, run

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]
PARCELS = 15


def test_fifteen_parcels_get_one_label_each_and_are_paid_for_once(database_url, tmp_path, expected_log):
    expected_log += ["no link", "the journal refused it"]
    figures = {figure.name: figure for figure in run(database_url, tmp_path, PARCELS, trouble=0.15, seed=4)}
    # See `test_sync_kills`: sockets whose peer was killed in the middle of the handshake.
    gc.collect()
    assert [figure.name for figure in figures.values() if not figure.kept] == []
    assert {f"parcels: {name}" for name in BAD} <= set(figures)
    assert figures["parcels"].value == PARCELS
    assert figures["parcels: one valid label"].value >= PARCELS * 3 // 4
    assert figures["times the server was killed"].value > 0
    assert figures["label has come"].value > 0
