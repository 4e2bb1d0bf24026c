"""One scan counts once, however many channels bring it; two scans count twice, however much alike they are."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.scan import ScanInput, ScanSource
from app.flows.duplicates import DuplicateRule, RecentScans
from app.wiring.scans import scan_input
from devices.model import DeviceKey, Scan
from devices.model import ScanSource as DeviceSource

LINES = [ScanSource.SERIAL, ScanSource.SSI, ScanSource.HID_POS, ScanSource.EVDEV]


def heard(at, text="X1", source=ScanSource.SERIAL, device=""):
    return ScanInput(text, at, None, source, device or source.value)


@pytest.mark.parametrize("source", list(DeviceSource))
def test_every_source_of_a_device_is_one_the_screens_know(source):
    assert scan_input(Scan(b"X", "X", None, DeviceKey("k"), 1.0, source)).source.value == source.value


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("ms", [-110, -1, 0, 50, 119])
def test_the_keystrokes_of_a_scanner_that_also_has_a_line_are_its_echo(line, ms):
    rule = DuplicateRule()
    assert rule.is_echo(heard(10 + ms / 1000, source=ScanSource.WEDGE), heard(10.0, source=line))
    assert rule.is_echo(heard(10.0, source=line), heard(10 + ms / 1000, source=ScanSource.WEDGE))


def test_the_keystrokes_may_write_the_separator_in_another_way():
    line = heard(1.0, "0109501101530003\x1d10A")
    for keys in ("0109501101530003|10A", "0109501101530003{GS}10A", "010950110153000310A"):
        assert DuplicateRule().is_echo(heard(1.05, keys, ScanSource.WEDGE), line)
    assert not DuplicateRule().is_echo(heard(1.05, "0109501101530003|10B", ScanSource.WEDGE), line)


@pytest.mark.parametrize(("one", "other"), list(itertools.product(LINES, LINES)))
def test_two_scanners_with_lines_of_their_own_are_two_people(one, other):
    first, second = heard(1.0, source=one, device="left"), heard(1.01, source=other, device="right")
    assert not DuplicateRule().is_echo(second, first)


def test_what_somebody_types_is_nobodys_echo():
    assert not DuplicateRule().is_echo(heard(1.0, source=ScanSource.TYPED), heard(1.0))
    assert not DuplicateRule().is_echo(heard(1.0, source=ScanSource.WEDGE), heard(1.0, source=ScanSource.TYPED))


def test_an_echo_is_known_though_another_scanner_spoke_in_between():
    recent = RecentScans(DuplicateRule())
    assert not recent.is_echo(heard(1.0))
    assert not recent.is_echo(heard(1.02, "Y", device="right"))
    assert recent.is_echo(heard(1.05, source=ScanSource.WEDGE))
    assert recent.is_echo(heard(1.06, "Y", source=ScanSource.WEDGE))


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(0, 2)), max_size=40), st.booleans())
def test_a_busy_station(scans, wedge_first):
    """Three scanners, of which the first also types: every pull of a trigger counts once."""
    recent, counted, at = RecentScans(DuplicateRule()), [], 0.0
    for text, scanner in scans:
        at += 0.2
        mine = [heard(at, text, device=f"s{scanner}")]
        if scanner == 0:
            echo = heard(at + 0.06, text, ScanSource.WEDGE)
            mine = [echo, *mine] if wedge_first else [*mine, echo]
        counted += [scan.text for scan in mine if not recent.is_echo(scan)]
    assert counted == [text for text, _ in scans]


def test_little_is_remembered():
    recent = RecentScans(DuplicateRule())
    for n in range(1000):
        assert not recent.is_echo(heard(float(n), f"{n}"))
    assert len(recent._counted) == RecentScans.MOST
