"""Builders for flow tests: scans, lines, states."""

import pytest

from app.core.scan import ScanFields, ScanKind, ScanMeaning
from app.flows.pack_state import start as start_pack
from app.flows.pick_state import Rules
from app.flows.pick_state import start as start_pick
from app.flows.units import Line


def _scan(kind, id, qty=1, text=None, also=(), **fields):
    return ScanMeaning(ScanKind(kind), id, ScanFields(text or id, **fields), qty, also)


def _lines(*specs):
    """(sku, bin, need) or (sku, bin, need, {more})."""
    made = []
    for n, (sku, place, need, *more) in enumerate(specs, start=1):
        made.append(Line(item=f"w{n}", sku=sku, place=place, need=need, **(more[0] if more else {})))
    return tuple(made)


@pytest.fixture
def scan():
    return _scan


@pytest.fixture
def lines():
    return _lines


@pytest.fixture
def pick_state():
    def make(*specs, tote="T-1", lane=None, cart=None, slots=(), **rules):
        return start_pick("j1", "O1", _lines(*specs), tote, lane, Rules(**rules), cart, slots)

    return make


@pytest.fixture
def pack_state():
    def make(*specs, tote="T-1"):
        return start_pack("p1", "O1", tote, "parcel1", "340123450000000018", _lines(*specs))

    return make


@pytest.fixture
def facts_of():
    """The facts among a step's effects."""
    return lambda step: [effect.fact for effect in step.effects if hasattr(effect, "fact")]
