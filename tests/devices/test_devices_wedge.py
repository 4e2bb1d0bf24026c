"""The keyboard wedge: typing is never lost, reordered or held long; a scan never leaks into a field and is never cut or glued."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codecs.layouts import TEST_CODE, Layout, as_meant, as_typed, compare, symptom
from devices.wedge import BLUETOOTH, KEYBOARD, USB, Key, KeyBurst, Via, WedgeProfile, to_scan
from devices.wedge_profiles import profile_from
from tools.soak import wedge_timelines


class Field:
    """A text field behind the filter, as the UI wires it: ticks when a deadline passes, replays before the present key."""

    def __init__(self, profile=USB):
        self.burst = KeyBurst(profile)
        self.typed = []
        self.scans = []
        self.longest_hold = 0.0
        self._now = float("-inf")

    def apply(self, outcome, now):
        for key in outcome.replay:
            self.longest_hold = max(self.longest_hold, now - key.t_ms)
            self.typed.append(key)
        self.scans += outcome.scans

    def press(self, key):
        self.settle(key.t_ms)
        outcome = self.burst.press(key)
        self.apply(outcome, key.t_ms)
        if not outcome.held:
            self.typed.append(key)

    def settle(self, now):
        while (deadline := self.burst.deadline) is not None and deadline <= now:
            self.apply(self.burst.tick(deadline), deadline)

    def play(self, keys):
        for key in keys:
            self.press(key)
        self.settle(keys[-1].t_ms + 1000 if keys else 0)
        return self

    @property
    def text(self):
        return "".join(key.text for key in self.typed)


def keys_of(pairs):
    return [Key(float(t), text) for t, text in pairs]


def timeline(text, start, gaps):
    t = start
    keys = []
    for index, char in enumerate(text):
        t += gaps[index % len(gaps)] if index else 0
        keys.append(Key(t, char))
    return keys


def test_every_recorded_timeline(frames):
    rows = [row for row in frames("scanner-frames") if row["kind"] == "wedge"]
    for row in rows:
        field = Field().play(keys_of(row["raw"]))
        expect = row["expect"]
        scans = [expect["scan"]] if "scan" in expect else []
        assert [scan.text for scan in field.scans] == scans, row
        assert field.text.rstrip("\r") == expect.get("typed", ""), row
        if "via" in expect:
            assert field.scans[0].via == expect["via"]
    assert len(rows) >= 7


codes = st.text("0123456789ABCDEFXYZ-./ +%$abc", min_size=6, max_size=40).filter(lambda code: len(set(code)) > 1)
with_separator = st.tuples(codes, codes).map("\x1d".join)
scanner_gaps = st.lists(st.floats(1, 25), min_size=1, max_size=40)
human_gaps = st.lists(st.floats(81, 400), min_size=1, max_size=40)
fast_human_gaps = st.lists(st.floats(36, 400), min_size=1, max_size=40)
typing = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.sampled_from("\rßÆé"), min_size=1, max_size=30)


@given(typing, fast_human_gaps)
def test_typing_is_never_lost_reordered_or_taken_for_a_scan(text, gaps):
    keys = timeline(text, 0.0, gaps)
    field = Field().play(keys)
    assert field.typed == keys
    assert not field.scans
    assert field.longest_hold <= USB.hold_ms + 1e-6


@given(codes | with_separator, scanner_gaps, st.sampled_from(["\r", "\n", "\t", "\r\n"]))
def test_a_scan_never_leaks_and_is_whole(code, gaps, suffix):
    field = Field().play(timeline(code + suffix, 5.0, gaps))
    assert [scan.text for scan in field.scans] == [code]
    assert field.typed == []


@given(
    st.lists(st.tuples(st.booleans(), typing, codes, human_gaps, scanner_gaps), min_size=1, max_size=6),
    st.floats(101, 3000),
)
def test_typing_and_scans_by_turns(turns, pause):
    keys, typed, scanned = [], [], []
    for is_scan, text, code, slow, fast in turns:
        start = keys[-1].t_ms + pause if keys else 0.0
        if is_scan:
            keys += timeline(code + "\r", start, fast)
            scanned.append(code)
        else:
            more = timeline(text, start, slow)
            keys += more
            typed += more
    field = Field().play(keys)
    assert field.typed == typed
    assert [scan.text for scan in field.scans] == scanned


@given(st.text("0123456789", min_size=1, max_size=4), codes, st.floats(40, 80))
def test_a_digit_typed_just_before_a_scan_does_not_stick_to_it(quantity, code, gap):
    typed = timeline(quantity, 0.0, [120.0])
    scan = timeline(code + "\r", typed[-1].t_ms + gap, [3.0])
    field = Field().play(typed + scan)
    assert [scan.text for scan in field.scans] == [code]
    assert field.typed == typed


@given(codes, st.integers(4, 30), st.floats(36, 79))
def test_one_hiccup_in_a_running_burst_is_forgiven(code, position, hiccup):
    gaps = [4.0] * 60
    gaps[position] = hiccup
    field = Field().play(timeline(code + "\r", 0.0, gaps))
    assert [scan.text for scan in field.scans] == [code]
    assert not field.typed


@given(codes, st.lists(st.floats(15, 60), min_size=1, max_size=40), st.floats(70, 149))
def test_bluetooth_scanners_are_slow_and_uneven(code, gaps, last):
    keys = timeline(code, 0.0, gaps)
    field = Field(BLUETOOTH).play([*keys, Key(keys[-1].t_ms + last, "\r")])
    assert [scan.text for scan in field.scans] == [code]
    assert not field.typed


@given(codes, st.lists(st.floats(1, 240), min_size=1, max_size=40))
def test_a_prefix_decides_whatever_the_timing(code, gaps):
    field = Field().play(timeline("\x02" + code + "\r", 0.0, gaps))
    assert [(scan.text, scan.via) for scan in field.scans] == [(code, Via.PREFIX)]
    assert not field.typed


def test_a_prefix_without_a_scan_is_given_back():
    keys = [*timeline("\x02ab", 0.0, [100.0]), Key(900.0, "c")]
    field = Field().play(keys)
    assert field.typed == keys
    assert not field.scans


def test_a_prefix_key_without_text_can_be_told():
    field = Field(WedgeProfile(prefix_names=frozenset({"F13"})))
    field.play([Key(0.0, "", name="F13"), *timeline("A-01\r", 40.0, [60.0])])
    assert [scan.text for scan in field.scans] == ["A-01"]


def test_f12_is_the_separator_inside_a_burst_and_a_key_outside():
    burst = [*timeline("0109501101530003", 0.0, [3.0]), Key(48.0, "", name="F12"), *timeline("10LOT\r", 51.0, [3.0])]
    assert [scan.text for scan in Field().play(burst).scans] == ["0109501101530003\x1d10LOT"]
    alone = [Key(0.0, "", name="F12")]
    assert Field().play(alone).typed == alone


def test_shift_between_the_characters_of_a_scan_is_let_through():
    keys = []
    for index, char in enumerate("ABCDEF"):
        keys += [Key(index * 8.0, ""), Key(index * 8.0 + 2, char)]
    field = Field().play([*keys, Key(50.0, "\r")])
    assert [scan.text for scan in field.scans] == ["ABCDEF"]
    assert {key.text for key in field.typed} == {""}


@pytest.mark.parametrize(
    "keys",
    [
        [Key(i * 30.0, "5", repeat=i > 0) for i in range(40)],
        [Key(i * 10.0, "0") for i in range(12)] + [Key(130.0, "\r")],
        timeline("12345\r", 0.0, [5.0]),
        [Key(100.0 - i, "123456789"[i]) for i in range(9)] + [Key(101.0, "\r")],
        [*timeline("12345", 0.0, [5.0]), Key(22.0, "", name="Left"), *timeline("6789\r", 25.0, [5.0])],
    ],
    ids=["held key", "one character", "too short", "time runs back", "arrow in the middle"],
)
def test_what_is_no_scan_is_typing(keys):
    field = Field().play(keys)
    assert field.typed == keys
    assert not field.scans


def test_a_scan_by_keys_is_a_scan_like_any_other():
    found = Field().play(timeline("]d20109501101530003\x1d10A\r", 0.0, [2.0])).scans[0]
    scan = to_scan(found, 12.5)
    assert (scan.symbology, scan.text, scan.at) == ("]d2", "0109501101530003\x1d10A", 12.5)
    assert scan.data == scan.text.encode()
    assert (scan.device, scan.source) == (KEYBOARD, "wedge")


def test_a_late_suffix_of_an_idle_scan_presses_no_button():
    code = timeline("9501101530003", 0.0, [3.0])
    field = Field().play([*code, Key(code[-1].t_ms + 110, "\r")])
    assert [scan.via for scan in field.scans] == [Via.IDLE]
    assert not field.typed


def test_a_persons_enter_after_a_scan_is_theirs():
    keys = timeline("9501101530003\r", 0.0, [3.0])
    enter = Key(keys[-1].t_ms + 60, "\r")
    field = Field().play([*keys, enter])
    assert field.typed == [enter]


def test_a_shift_of_typing_and_scanning():
    """A slice of `tools.soak.wedge_timelines`."""
    wrong = {seed: found for seed in range(3000) if (found := wedge_timelines.faults(seed))}
    assert not wrong


def test_a_recogniser_that_misreads_is_found_out(monkeypatch):
    monkeypatch.setattr(wedge_timelines, "_PROFILES", (WedgeProfile(min_keys=40),))
    assert any(wedge_timelines.faults(seed) for seed in range(50))


def alt(t, digits):
    return [Key(t + n, digit, alt=True) for n, digit in enumerate(digits)]


@pytest.mark.parametrize(
    "separator", [alt(50, "029"), alt(50, "29"), [*alt(50, "029"), Key(54, "\x1d")], [Key(50, "", "Ctrl+]")]]
)
def test_a_separator_as_keys(separator):
    keys = [*timeline("0109501101530003", 0.0, [3.0]), *separator, *timeline("10LOT\r", 57.0, [3.0])]
    field = Field().play(keys)
    assert [scan.text for scan in field.scans] == ["0109501101530003\x1d10LOT"]
    assert not field.typed


def test_alt_and_a_letter_or_digit_is_a_shortcut():
    keys = [*alt(0.0, "1"), Key(300.0, "f", alt=True), *timeline("12", 600.0, [100.0]), *alt(705.0, "123456")]
    field = Field().play(keys)
    assert field.typed == keys
    assert not field.scans


@pytest.mark.parametrize("name", ["F13", "F24"])
def test_function_keys_that_no_keyboard_has_begin_a_scan(name):
    field = Field().play([Key(0.0, "", name), *timeline("A-1\r\n", 90.0, [120.0]), Key(900.0, "\r")])
    assert [(scan.text, scan.via) for scan in field.scans] == [("A-1", Via.PREFIX)]
    assert [key.t_ms for key in field.typed] == [900.0]


def test_prefix_and_suffix_keys_by_name():
    field = Field(profile_from("usb?prefix=F13&suffix=F14"))
    field.play([Key(0.0, "", "F13"), *timeline("A\r1", 90.0, [120.0]), Key(400.0, "", "F14")])
    assert field.scans == []  # an Enter inside is none of this scanner's doing
    field.play([Key(1000.0, "", "F13"), *timeline("A-1", 1090.0, [120.0]), Key(1400.0, "", "F14")])
    assert [scan.text for scan in field.scans] == ["A-1"]


@pytest.mark.parametrize(("least", "scanned"), [("usb", False), ("usb?min=4", True)])
def test_the_shortest_code_can_be_chosen(least, scanned):
    keys = timeline("A1-7\r", 0.0, [4.0])
    field = Field(profile_from(least)).play(keys)
    assert [scan.text for scan in field.scans] == (["A1-7"] if scanned else [])
    assert field.typed == ([] if scanned else keys)


@pytest.mark.parametrize(
    "text", ["", "ps2", "usb?min=3", "usb?min=999", "usb?min=x", "usb?prefix=F12", "usb?suffix=,", "usb?colour=red"]
)
def test_a_profile_that_makes_no_sense_is_refused(text):
    with pytest.raises(ValueError, match=r"but (is|not) '"):
        profile_from(text)


def test_profiles_by_name():
    assert profile_from("usb") == USB
    assert profile_from("bluetooth?prefix=none&suffix=tab") == replace(
        BLUETOOTH, prefixes=frozenset(), prefix_names=frozenset(), suffixes=frozenset("\t")
    )
    assert profile_from("usb?prefix=stx").prefixes == {"\x02"}


def test_an_even_but_slow_machine_is_known_by_its_evenness():
    code = "0109501101530003"
    assert [scan.text for scan in Field(BLUETOOTH).play(timeline(code + "\r", 0.0, [62.0, 65.0, 67.0])).scans] == [code]
    uneven = timeline(code + "\r", 0.0, [60.0, 90.0, 62.0, 68.0, 66.0])
    assert Field(BLUETOOTH).play(uneven).typed == uneven


garbled = st.sampled_from(list(Layout))


@given(garbled, st.text(st.sampled_from([chr(n) for n in range(33, 127)]), max_size=40))
def test_what_a_layout_does_can_be_undone(layout, text):
    assert as_meant(as_typed(text, layout), layout) == text
    if as_typed(text, layout) != text:
        assert compare(as_typed(text, layout), text) in set(Layout)


@pytest.mark.parametrize(
    "sent", ["9501101530003", "]C10109501101530003", "https://id.gs1.org/01/09501101530003", "FH:NEXT", "A-12-03"]
)
@pytest.mark.parametrize("layout", list(Layout))
def test_a_wrong_layout_is_named(layout, sent):
    seen = as_typed(sent, layout)
    assert symptom(seen) == (layout if seen != sent else None)
    assert symptom(sent) is None


def test_the_test_code_shows_every_layout():
    for layout in Layout:
        assert compare(as_typed(TEST_CODE, layout)) is layout
        assert symptom(as_typed(TEST_CODE, layout)) is layout
    assert compare(TEST_CODE) is None
    assert compare("something else") is None


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text):
    assert symptom(text) in {None, *Layout}


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-./$% +", min_size=1, max_size=40))
def test_ordinary_codes_show_no_symptom(text):
    assert symptom(text) is None


@pytest.mark.parametrize(
    "text", ["+E308ABC123", "+C1234567890", "+A123BJC5D6E71", "Größe 12", "STRAßE", "été", "A-ß-1"]
)
def test_what_only_looks_garbled(text):
    assert symptom(text) is None


def test_a_profile_that_would_cut_scans_is_refused():
    with pytest.raises(ValueError, match="held as long"):
        replace(USB, longest_gap_ms=100.0)


@pytest.mark.parametrize("prefix", ["", "\x02"])
def test_a_code_longer_than_any_reaches_neither_field_nor_process(prefix):
    flood = timeline(prefix + "1234567890" * 300 + "\r", 0.0, [2.0])
    after = timeline("9501101530003\r", flood[-1].t_ms + 400, [2.0])
    field = Field().play([*flood, *after, Key(after[-1].t_ms + 500, "x")])
    assert [scan.text for scan in field.scans] == ["9501101530003"]
    assert field.text == "x"
    assert len(field.burst._held) == 0


def test_a_long_code_is_a_scan():
    code = "1234567890" * 200
    assert [scan.text for scan in Field().play(timeline(code + "\r", 0.0, [2.0])).scans] == [code]
