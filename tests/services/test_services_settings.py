"""Settings: file, then environment, then flags; typed, checked, saved, brought up."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.load import load, save, upgraded
from app.settings.options import HELP, RULES, BadOption, Options, checked, from_text


def test_defaults_hold_without_a_file(tmp_path):
    options = load(tmp_path / "settings.toml", {}, {})
    assert options == Options()
    assert all(checked(name, getattr(options, name)) == getattr(options, name) for name in RULES)
    assert all(HELP.values())


def test_flags_beat_the_environment_and_that_beats_the_file(tmp_path):
    file = tmp_path / "settings.toml"
    file.write_text('theme = "light"\nlanguage = "nl"\nhand = "left"\n')
    options = load(file, {"FLOORHAND_THEME": "contrast", "FLOORHAND_LANGUAGE": "de", "PATH": "x"}, {"theme": "dark"})
    assert (options.theme, options.language, options.hand) == ("dark", "de", "left")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text_size", "200", 200),
        ("wedge", "off", False),
        ("wedge", "YES", True),
        ("scanners", "serial:///dev/ttyUSB0, tcp://h:1", ("serial:///dev/ttyUSB0", "tcp://h:1")),
        ("data", "/var/lib/x", Path("/var/lib/x")),
    ],
)
def test_text_becomes_a_value(name, text, value):
    assert from_text(name, text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("text_size", "69"),
        ("text_size", "big"),
        ("theme", "pink"),
        ("wedge", "maybe"),
        ("volume", "101"),
        ("nonsense", "1"),
    ],
)
def test_what_was_just_typed_wrong_is_said(tmp_path, name, text):
    with pytest.raises(BadOption):
        load(tmp_path / "x", {}, {name: text})


def test_a_wrong_variable_is_said(tmp_path):
    with pytest.raises(BadOption):
        load(tmp_path / "x", {"FLOORHAND_VOLUME": "loud"}, {})


def test_a_bad_value_in_the_file_does_not_stop_the_device(tmp_path, expected_log):
    expected_log.append("left at its default")
    file = tmp_path / "settings.toml"
    file.write_text('theme = "pink"\nvolume = true\nscanners = "one"\nfrom_the_future = 1\nlanguage = "da"\n')
    options = load(file, {}, {})
    assert (options.theme, options.volume, options.scanners, options.language) == ("dark", 70, (), "da")


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe\x00"])
def test_a_broken_file_does_not_stop_the_device(tmp_path, expected_log, content):
    expected_log.append("the defaults are used")
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    assert load(file, {}, {}) == Options()


@given(
    st.builds(
        Options,
        data=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1).map(Path),
        theme=st.sampled_from(["dark", "light", "contrast"]),
        text_size=st.integers(70, 400),
        wedge=st.booleans(),
        station=st.text(st.characters(exclude_categories=["Cs"])),
        scanners=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3).map(tuple),
    )
)
def test_what_is_saved_is_what_is_loaded(tmp_path_factory, options):
    file = tmp_path_factory.mktemp("s") / "deep" / "settings.toml"
    save(options, file)
    assert load(file, {}, {}) == options


def test_older_files_are_brought_up_step_by_step():
    steps = (
        lambda raw: {"theme": raw["colours"], "volume": raw["volume"]},
        lambda raw: {**raw, "volume": raw["volume"] * 10},
    )
    assert upgraded({"colours": "light", "volume": 5}, steps) == {"theme": "light", "volume": 50}
    assert upgraded({"version": 2, "theme": "dark", "volume": 5}, steps) == {"theme": "dark", "volume": 50}
    assert upgraded({"version": 3, "volume": 50}, steps) == {"volume": 50}
    assert upgraded({"version": "odd", "volume": 5}, steps) == {"volume": 5}
