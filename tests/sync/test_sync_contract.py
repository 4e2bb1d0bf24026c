"""What both ends share: the pairing text, the chain, the digest, and messages as they look on the wire."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import digest, facts, wire
from sync.contract.chain import canonical, chain_next, chain_start, content_hash
from sync.contract.pairing import NotAPairingText, PairingText, parse
from sync.contract.rows import ENTITIES

ADDRESSES = st.lists(
    st.builds(
        lambda h, p: f"{h}:{p}", st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True), st.integers(1, 65535)
    ),
    min_size=1,
    max_size=4,
)


@given(ADDRESSES, st.from_regex(r"[0-9a-f]{64}", fullmatch=True), st.from_regex(r"[0-9a-f]{32}", fullmatch=True))
def test_a_pairing_text_comes_back(addresses, spki, code):
    made = PairingText(tuple(addresses), "cluster", spki, code)
    assert parse(made.text()) == made


@given(st.text())
def test_any_other_text_is_refused(text):
    with pytest.raises(NotAPairingText):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://pair?a=h:1&c=x&k=" + "0" * 64 + "&o=1",
        "floorhand://pair?a=h:1&c=x&k=00&o=1",
        "floorhand://pair?c=x&k=" + "0" * 64 + "&o=1",
        "floorhand://pair?a=h:99999&c=x&k=" + "0" * 64 + "&o=1",
        "floorhand://pair?a=h:1&c=x&c=y&k=" + "0" * 64 + "&o=1",
        "floorhand://pair?a=h/../:1&c=x&k=" + "0" * 64 + "&o=1",
    ],
)
def test_half_a_pairing_text_is_refused(text):
    with pytest.raises(NotAPairingText):
        parse(text)


def test_the_chain_is_what_it_always_was():
    """Journals live for months: these values may never change."""
    digest_of_op = content_hash("pick.confirm", 1, "i", (1, 2), None, b'{"qty":2,"job":"j"}')
    assert digest_of_op == content_hash("pick.confirm", 1, "i", (1, 2), None, b' { "job" : "j", "qty" : 2 } ')
    assert digest_of_op.hex() == "5d69c5473b089a334e5b1dbeb66cd2b2ac41de0809ca42052916f741552b1bf1"
    assert (
        chain_next(chain_start("d"), "0" * 32, digest_of_op)
        == "06af3b99a5676d142236de6f979e66103a61e3b3409f08fe51a90cc159cb3ed9"
    )


@given(st.permutations([("a", "1", 1), ("a", "2", 1), ("b", "1", 7)]))
def test_the_digest_knows_no_order(rows):
    assert digest.of(rows) == digest.of(sorted(rows))
    assert digest.of(rows[:2]) != digest.of(rows)


def test_every_fact_has_one_word_and_comes_back():
    assert len(facts.WRITTEN) == len(facts.HANDLED)
    body = facts.ScanRefused(job=None, text="é\x1d", code="x")
    assert msgspec.json.decode(canonical(body), type=facts.ScanRefused) == body


def test_changes_on_the_wire():
    gone = wire.Change(e="bin", id="A", v=3)
    assert msgspec.json.encode(gone) == b'{"e":"bin","id":"A","v":3}'
    assert msgspec.json.decode(b'{"e":"bin","id":"A","v":3}', type=wire.Change).deleted
    there = msgspec.json.decode(b'{"e":"bin","id":"A","v":3,"d":{"id":"A"}}', type=wire.Change)
    assert not there.deleted
    assert bytes(there.d) == b'{"id":"A"}'


def test_entities_are_named_by_their_rows():
    assert {name: type_.__name__ for name, type_ in ENTITIES.items()}["work"] == "WorkRow"
    assert len(set(ENTITIES.values())) == len(ENTITIES)
