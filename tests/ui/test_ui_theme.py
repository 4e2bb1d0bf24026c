"""Tokens: contrast of every theme, fonts with tabular figures, icons and sounds that are all there."""

import re
import wave
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QFont

import app
import resources
from app.core.messages import Cue
from app.ui.theme import Skin, contrast, tokens

TONES = ("ask", "good", "warn", "bad", "flag", "info")
GROUNDS = ("bg", "surface", "raised")


def ratio(theme, one, other):
    colors = tokens().themes[theme]
    return contrast(QColor(colors[one]), QColor(colors[other]))


def test_contrast_is_measured_as_wcag_does():
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["dark", "light", "contrast"])
def test_text_can_be_read_in_bad_light(theme):
    assert ratio(theme, "text", "bg") >= 15
    assert ratio(theme, "text", "surface") >= 15
    assert ratio(theme, "text", "raised") >= 13
    for ground in GROUNDS:
        assert ratio(theme, "quiet", ground) >= 5


@pytest.mark.parametrize(("theme", "tone"), list(product(["dark", "light", "contrast"], TONES)))
def test_tones_can_be_read_and_written_on(theme, tone):
    assert ratio(theme, tone, "bg") >= 4.5
    assert ratio(theme, tone, "surface") >= 4.5
    assert ratio(theme, f"on_{tone}", tone) >= 4.5


@pytest.mark.parametrize(
    "name", [n for n in tokens().themes["contrast"] if n not in ("bg", "surface", "raised", "picture")]
)
def test_high_contrast_has_nothing_below_ten_to_one(name):
    other = name.removeprefix("on_") if name.startswith("on_") else "bg"
    assert ratio("contrast", name, other) >= 10


def test_all_themes_have_the_same_tokens():
    names = [set(theme) for theme in tokens().themes.values()]
    assert names[0] == names[1] == names[2]


def test_figures_are_tabular_and_zero_is_slashed(qapp):
    font = Skin().font(20)
    assert font.families()[0] == "Inter"
    assert {tag.toString() for tag in font.featureTags()} == {b"tnum", b"zero"} or len(font.featureTags()) == 2
    assert font.isFeatureSet(QFont.Tag("tnum"))
    assert font.isFeatureSet(QFont.Tag("zero"))


def test_letters_grow_as_chosen_and_change_is_told(qapp, qtbot):
    skin = Skin()
    assert skin.px(20) == 20
    with qtbot.waitSignal(skin.changed, timeout=100):
        skin.use("light", 200)
    assert skin.px(20) == 40
    assert skin.grown(50) == 75
    assert skin.color("bg").name().upper() == tokens().themes["light"]["bg"]


def test_the_style_sheet_is_complete(qapp):
    sheet = Skin("contrast").style_sheet()
    assert not re.search(r"\{[a-z_]+\}", sheet)
    assert "#ffe600" in sheet


def used_icons():
    """Names of icons that the source of the screens speaks of."""
    made = {path.stem for path in resources.path("icons").glob("*.svg")}
    source = "".join(
        p.read_text() for folder in ("ui", "screens") for p in (Path(app.__path__[0]) / folder).rglob("*.py")
    )
    return made, {name for name in made if f'"{name}"' in source}, source


def test_every_icon_is_there_and_in_use():
    made, used, _ = used_icons()
    assert made == used


def test_icons_take_the_colour_of_the_theme(qapp):
    image = Skin().icon("circle", "good", 40).toImage()
    assert image.pixelColor(20, 20).name() == Skin().color("good").name()
    assert image.pixelColor(0, 0).alpha() == 0


@pytest.mark.parametrize("cue", [cue for cue in Cue if cue is not Cue.NONE])
def test_every_cue_has_its_sound(cue):
    with wave.open(str(resources.path(f"sounds/{cue}.wav")), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (44_100, 1, 2)
        seconds = file.getnframes() / file.getframerate()
        frames = file.readframes(file.getnframes())
    assert 0.05 < seconds < 1
    assert max(abs(int.from_bytes(frames[i : i + 2], "little", signed=True)) for i in range(0, len(frames), 2)) > 6_000
    assert frames[:2] == b"\0\0"
    assert frames[-2:] == b"\0\0"


def test_the_sounds_are_what_the_script_makes(tmp_path):
    from tools.make_sounds import CUES, pcm

    for name, notes in CUES.items():
        with wave.open(str(resources.path(f"sounds/{name}.wav")), "rb") as file:
            assert file.readframes(file.getnframes()) == pcm(notes), name
