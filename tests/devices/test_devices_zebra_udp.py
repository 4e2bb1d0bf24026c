"""Zebra's UDP discovery: a captured answer, and answers that are none."""

from hypothesis import given
from hypothesis import strategies as st

from devices.codecs import zebra_udp

# Captured and described by J. Renner (jfr.im, 2024-09); the addresses are private ones.
CAPTURED = bytes.fromhex(
    "3a2c2e033739303731000000 5a656272614e657420576972656420505300000031313636410000"
    "5635362e31372e31315a5a42520061 00074d4108bd 34323632303737000000 0100 0a01009e ffffff00 0a010001"
    "5a42523432363230373700000000000000".replace(" ", "")
)


def test_the_captured_answer():
    assert zebra_udp.parse(CAPTURED + b"\0" * 200) == zebra_udp.ZebraAnswer(
        product="79071",
        name="ZebraNet Wired PS",
        date_code="1166A",
        firmware="V56.17.11Z",
        serial="4262077",
        ip="10.1.0.158",
        mask="255.255.255.0",
        gateway="10.1.0.1",
        system_name="ZBR4262077",
    )
    assert zebra_udp.ASK.hex() == "2e2c3a010000"


def test_an_answer_cut_behind_the_address_still_names_the_printer():
    answer = zebra_udp.parse(CAPTURED[:0x4C])
    assert (answer.serial, answer.ip, answer.mask, answer.system_name) == ("4262077", "10.1.0.158", "", "")


def test_what_is_no_answer():
    for data in (b"", zebra_udp.ASK * 40, CAPTURED[:0x4B], b"x" + CAPTURED, CAPTURED + b"\0" * 70_000):
        assert zebra_udp.parse(data) is None


@given(st.binary(max_size=200))
def test_whatever_comes_the_texts_are_printable(tail):
    answer = zebra_udp.parse(CAPTURED[:4] + tail)
    if answer is not None:
        texts = (answer.product, answer.name, answer.firmware, answer.serial, answer.system_name, answer.date_code)
        assert all(text.isascii() and text.isprintable() for text in texts)
