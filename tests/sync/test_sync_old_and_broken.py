"""Facts as the oldest app wrote them, and a catch-up that breaks at every page."""

import msgspec
import pytest

from sync.contract.facts import HANDLED
from tools.soak._raw_log import RawLog
from tools.soak.pulls import catch_up

#: The smallest value of each field type that a device may have written.
SMALLEST = {int: 1, str: "x", bool: True}


def oldest_body(kind):
    """A body with nothing but what version 1 of the kind demanded from its first day."""
    needed = [f for f in msgspec.structs.fields(HANDLED[kind]) if f.required]
    return msgspec.json.encode({f.encode_name: _value(f.type) for f in needed}, order="sorted")


def _value(type):
    if type in SMALLEST:
        return SMALLEST[type]
    return next(iter(type)).value if hasattr(type, "__members__") else None


@pytest.mark.postgres
def test_a_thousand_pending_facts_of_the_oldest_app(warehouse):
    """Every kind ever written, without any field that came later: all are taken in, none is parked."""
    log = RawLog(warehouse).known()
    kinds = sorted(HANDLED)
    for n in range(1000):
        kind = kinds[n % len(kinds)]
        log.add_raw(*kind, oldest_body(kind))
    results = log.push_all()
    assert len(results) == 1000
    assert {result.outcome.value for result in results} <= {"applied", "applied_late", "diverted"}
    warehouse.check()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_catch_up_that_breaks_at_every_page(seed):
    caught = catch_up(changes=600, size=30, seed=seed)
    assert (caught.pages, caught.breaks, caught.wrong) == (20, 20, 0)
    # What was whole on the disk when the power went is not fetched again.
    assert caught.pages <= caught.fetched <= caught.pages + caught.breaks
