"""Signatures, addresses that nothing is sent to, and the catalogue."""

import base64
import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oms.hooks.catalogue import CATALOGUE, example, fits, known_pattern
from oms.hooks.sending import BadUrl, checked, is_private
from oms.hooks.signing import PREFIX, headers, new_secret, sign, verified
from oms.sales.codes import EventKind

SECRET = PREFIX + base64.b64encode(b"k" * 32).decode()
IDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(IDS, st.integers(0, 2**33), st.binary(max_size=200))
def test_a_signature_is_verified_by_who_has_the_secret_only(id, now, body):
    given = headers([SECRET], id, now, body)
    assert verified(SECRET, given, body, now)
    assert not verified(new_secret(), given, body, now)
    assert not verified(SECRET, given, body + b" ", now)
    assert not verified(SECRET, {**given, "webhook-id": id + "x"}, body, now)
    assert not verified(SECRET, {**given, "webhook-timestamp": str(now + 1)}, body, now)
    assert not verified(SECRET, given, body, now + 301)


def test_the_signature_is_the_standards():
    """HMAC-SHA256 of `id.timestamp.body` under the decoded secret, in base64."""
    wanted = hmac.new(b"k" * 32, b"evt_1.1700000000.{}", sha256).digest()
    assert sign(SECRET, "evt_1", 1700000000, b"{}") == "v1," + base64.b64encode(wanted).decode()


def test_while_a_secret_changes_both_verify():
    other = new_secret()
    given = headers([other, SECRET], "m", 5, b"x")
    assert verified(SECRET, given, b"x", 5)
    assert verified(other, given, b"x", 5)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=60)))
def test_strange_headers_are_no_signature(given):
    assert not verified(SECRET, given, b"", 0)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("93.184.216.34", False), ("2606:2800:220:1::1", False), ("127.0.0.1", True), ("10.1.2.3", True), ("192.168.1.1", True),
        ("172.16.0.1", True), ("169.254.169.254", True), ("100.64.0.1", True), ("0.0.0.0", True), ("224.0.0.1", True),
        ("255.255.255.255", True), ("::1", True), ("::", True), ("fe80::1%eth0", True), ("fc00::1", True), ("ff02::1", True),
        ("::ffff:127.0.0.1", True), ("::ffff:10.0.0.1", True), ("64:ff9b::7f00:1", True), ("2002:7f00:1::", True), ("240.0.0.1", True),
    ],
    ids=str,
)  # fmt: skip
def test_addresses_of_the_own_network_are_known(address, private):
    assert is_private(address) is private


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x.example", "http://x.example/", "https://", "https://u:p@x.example/", "https://x.example/#f", "https://x.example:0/",
     "https://x.example:99999/", "https://x.example/a b", "https://x.example/\r\nX: y", "https://[::1/", "//x.example"],
    ids=["empty", "ftp", "plain", "no-host", "password", "fragment", "port-0", "port", "blank", "crlf", "bracket", "no-scheme"],
)  # fmt: skip
def test_addresses_that_are_refused(url):
    with pytest.raises(BadUrl):
        checked(url, private=False)


def test_plain_http_is_for_the_own_network():
    assert checked("http://10.0.0.1:8080/x?y=1", private=True).port == 8080


def test_every_kind_is_described_and_its_example_fits():
    assert set(CATALOGUE) == set(EventKind)
    types = {"string": str, "integer": int, "boolean": bool}
    for kind, one in CATALOGUE.items():
        assert set(one.example) == set(one.words), kind
        for name, value in one.example.items():
            assert isinstance(value, types[one.words[name]["type"]])
        assert example(kind)["type"] == kind


def test_patterns():
    assert fits("order.*", "order.shipped")
    assert not fits("order.s*", "order.captured")
    assert known_pattern("*")
    assert known_pattern("order.shipped")
    for bad in ("", "order.nothing", "[a-z]*", "order.*\n", "x" * 100):
        assert not known_pattern(bad)
