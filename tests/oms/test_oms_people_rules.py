"""PINs and lock-out."""

from datetime import UTC, datetime, timedelta

import pytest

from oms.people.rules import LOCK_FOR, MAX_TRIES, BadPin, Tries, hash_pin, pin_matches

NOW = datetime(2030, 5, 1, 6, 0, tzinfo=UTC)


def test_a_pin_matches_its_hash_only():
    hashed = hash_pin("0417")
    assert hashed.startswith("$argon2id$")
    assert "0417" not in hashed
    assert pin_matches(hashed, "0417")
    assert not pin_matches(hashed, "0418")
    assert not pin_matches(hashed, "\0é" * 4000)
    assert hash_pin("0417") != hashed


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", " 1234", "1234\n"])
def test_what_is_no_pin(pin):
    with pytest.raises(BadPin):
        hash_pin(pin)


def test_five_wrong_ones_lock_for_a_while():
    tries = Tries()
    for left in range(MAX_TRIES - 1, 0, -1):
        tries = tries.after_wrong(NOW)
        assert tries.left() == left
        assert not tries.locked(NOW)
    tries = tries.after_wrong(NOW)
    assert tries.locked(NOW)
    assert tries.locked(NOW + LOCK_FOR - timedelta(seconds=1))
    assert not tries.locked(NOW + LOCK_FOR)
    assert tries.left() == MAX_TRIES
