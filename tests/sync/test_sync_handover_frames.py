"""Bytes as texts for QR codes and back, whatever order and damage the scans come in; and a hand-over sealed and opened."""

import msgspec
import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from sync.contract import frames, handover
from sync.contract.facts import LeaseHandedOver
from sync.contract.frames import Collected, Frame, Refusal
from sync.contract.wire import DeviceCredential, PushReply, TokenReply

WHOLES = st.binary(min_size=1, max_size=frames.PART * 5)


def gather(texts, into=None):
    """Everything after these scans; refused ones change nothing."""
    found = into or Collected()
    for text in texts:
        frame = frames.read(text)
        more = frames.add(found, frame) if isinstance(frame, Frame) else frame
        found = found if isinstance(more, Refusal) else more
    return found


@given(WHOLES, st.data())
def test_frames_come_back_in_any_order_any_number_of_times(whole, data):
    texts = frames.split(whole)
    again = data.draw(st.lists(st.sampled_from(texts), max_size=10))
    shuffled = data.draw(st.permutations([*texts, *again]))
    assert gather(shuffled).complete == whole


@given(WHOLES, st.data())
def test_what_is_missing_is_known_and_nothing_is_whole_without_it(whole, data):
    texts = frames.split(whole)
    left_out = data.draw(st.integers(0, len(texts) - 1))
    found = gather(text for n, text in enumerate(texts) if n != left_out)
    assert found.complete is None
    if len(texts) > 1:
        assert found.missing == (left_out + 1,)


@given(WHOLES, st.data())
def test_one_character_wrong_is_seen(whole, data):
    text = data.draw(st.sampled_from(frames.split(whole)))
    at = data.draw(st.integers(len(frames.PREFIX), len(text) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567 -").filter(lambda c: c != text[at]))
    spoilt = text[:at] + other + text[at + 1 :]
    # The last character holds bits that belong to no byte.
    assert frames.read(spoilt) in (Refusal.TORN, frames.read(text))


@given(WHOLES, st.data())
def test_a_torn_scan_is_refused(whole, data):
    text = data.draw(st.sampled_from(frames.split(whole)))
    cut = data.draw(st.integers(len(frames.PREFIX), len(text) - 2))
    assert frames.read(text[:cut]) is Refusal.TORN


@given(st.text(max_size=2000))
def test_anything_else_is_refused_without_harm(text):
    assert isinstance(frames.read(text), Refusal)
    assert isinstance(frames.read(frames.PREFIX + text), Refusal)


@given(st.lists(WHOLES, min_size=2, max_size=3, unique=True), st.data())
def test_frames_of_another_whole_change_nothing(wholes, data):
    mine, *others = (frames.split(whole) for whole in wholes)
    found = gather(mine[:1])
    foreign = [text for other in others for text in other]
    assert gather(foreign, into=found) == found
    assert gather(mine, into=gather(foreign, into=found)).complete == wholes[0]


def test_memory_is_bounded():
    most = frames.split(bytes(frames.PART * frames.MOST))
    assert len(most) == frames.MOST
    with pytest.raises(ValueError, match="bytes"):
        frames.split(bytes(frames.PART * frames.MOST + 1))
    with pytest.raises(ValueError, match="bytes"):
        frames.split(b"")
    assert frames.read("FHX1" + "A" * 100_000) is Refusal.TORN
    assert handover.MAX_SEALED == frames.PART * frames.MOST


def test_a_frame_is_a_small_code_of_plain_letters():
    text = frames.split(bytes(range(256)) * 2)[0]
    code = segno.make_qr(text, error="m", boost_error=False)
    assert (code.mode, code.version) == ("alphanumeric", 13)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567")
    assert not text.startswith("FH:")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_hand_over_are_refused(raw):
    with pytest.raises(handover.NotAHandOver):
        handover.open_sealed(raw)


@given(st.text(max_size=300))
def test_texts_that_are_no_hand_over_are_refused(text):
    with pytest.raises(handover.NotAHandOver):
        handover.unpack_core(text)


def test_old_answers_are_read_by_new_devices_and_new_ones_by_old():
    """Every field that hand-overs brought has a default."""

    token = msgspec.json.decode(b'{"access":"a","ttl_s":1,"epoch":1,"server_time":""}', type=TokenReply)
    assert (token.credential, token.revoked) == (None, [])
    push = {"results": [], "last_seq": 0, "chain": "", "head": 0, "durable_through": 0, "epoch": 1, "server_time": ""}
    assert not msgspec.convert(push, PushReply).reopen
    assert msgspec.json.decode(b'{"handover":"x"}', type=LeaseHandedOver).leases == []


def test_the_words_that_are_signed_are_what_they_always_were():
    """Devices of different ages check each other's signatures: these bytes may never change."""

    one = DeviceCredential(cluster_id="c", site="s", device_id="d", pubkey="p", label="l", signer="k", signature="")
    assert handover.credential_words(one) == b"floorhand device 1\0c\0s\0d\0p\0l"
    assert handover.to_sign(b"{}") == b"floorhand hand-over 1\0{}"
    assert handover.delegated_id("h", "i") == "80de15429a373fbeaa09e51facd30d4a"
    assert handover.confirmation("h") == "691879"
