"""A slice of `tools.soak.parcels`: a server that is killed, a carrier with bad manners, and every parcel right in the end."""

import pytest

from tools.soak.parcels import run

pytestmark = pytest.mark.postgres


def test_sixty_parcels_are_labelled_and_paid_for_once(database_url):
    figures = {
        figure.name: figure for figure in run(database_url, parcels=60, trouble=0.15, seed=2, lives=2, life_s=1.5)
    }
    assert [figure.name for figure in figures.values() if not figure.kept] == []
    assert figures["parcels"].value == 60
    assert figures["parcels: one valid label"].value >= 50
    assert figures["purchases given back"].value > 0
