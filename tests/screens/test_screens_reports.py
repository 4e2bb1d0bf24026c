"""The screen of reports in a real window, steered by keys and mouse; its words, what it shows without the centre, and who may see whom."""

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.screens.preferences import LANGUAGES, Preferences
from app.screens.reports.cells import counted_text, value_text
from app.screens.reports.presenter import SPANS, Period
from app.screens.reports.words import ReportsWord
from app.services.reports_ports import Every, Figure, ReportAsked, Unit
from app.ui.texts import Texts
from tools.shots import Gallery
from tools.shots_data import MOMENTS
from tools.shots_reports import report_of

BY_NAME = {moment.name: moment for moment in MOMENTS}


@pytest.fixture(scope="module")
def gallery(qapp):
    gallery = Gallery()
    yield gallery
    gallery.shell.close()


@pytest.fixture
def window(gallery):
    def opened(name, size="desk", **looks):
        shell = gallery.show(BY_NAME[name], size, Preferences(theme="light", **looks))
        shell.activateWindow()
        QApplication.processEvents()
        screen(shell).list.setFocus()
        return shell

    return opened


def screen(shell):
    return shell._views["reports"]


def state(shell):
    return screen(shell).state


def key(shell, *keys):
    for one in keys:
        QTest.keyClick(QApplication.focusWidget() or shell, one)
        QApplication.processEvents()


def told(shell):
    """What stands at the side."""
    return " ".join(label.text for label in screen(shell)._card._labels).replace("\N{NO-BREAK SPACE}", " ")


def test_the_keys_are_enough_for_all_of_it(window):
    shell = window("reports")
    assert (state(shell).period, state(shell).current.figure) == (Period.WEEK, "fill_rate")
    key(shell, Qt.Key.Key_Down)
    assert state(shell).current.figure == "on_time"
    assert state(shell).current.means in told(shell)
    key(shell, Qt.Key.Key_4)
    assert (state(shell).period, state(shell).seen.asked.every) == (Period.QUARTER, Every.WEEK)
    # The figure one stood on is still the one.
    assert state(shell).current.figure == "on_time"
    assert len(state(shell).current.points) == 13
    key(shell, Qt.Key.Key_2, Qt.Key.Key_F2, Qt.Key.Key_F2)
    assert state(shell).seen.asked.ago == 14
    key(shell, Qt.Key.Key_F3)
    assert state(shell).seen.asked.ago == 7
    key(shell, Qt.Key.Key_F6)
    assert state(shell).seen.asked.site == "MAIN"
    assert "Site MAIN" in told(shell)
    key(shell, Qt.Key.Key_F6, Qt.Key.Key_F6)
    assert state(shell).seen.asked.site == ""
    key(shell, Qt.Key.Key_F7)
    assert state(shell).seen.asked.channel == "market"
    assert "picks_per_hour" not in {row.figure for row in state(shell).seen.report.figures}
    key(shell, Qt.Key.Key_F4)
    assert "report-2026-11-16-2026-11-22.pdf" in shell.chrome.toast.text
    key(shell, Qt.Key.Key_F8)
    assert state(shell).mine
    assert "save" not in {act.intent for act in state(shell).acts}
    assert len(state(shell).seen.report.figures) == 3
    assert shell._presenters["reports"].frame().leave == "close"


def test_a_figure_is_drawn_with_what_it_was(window):
    shell = window("reports")
    plot = screen(shell).plot
    assert plot.isVisible()
    [line] = plot.plot.listDataItems()
    row = state(shell).current
    assert list(line.getData()[1]) == pytest.approx([100 * point.value for point in row.points])
    assert plot.accessibleName().replace("\N{NO-BREAK SPACE}", " ") == "Fill rate lies between 97.4 % and 99.8 %"
    key(shell, Qt.Key.Key_Up)
    bars = [item for item in plot.plot.getPlotItem().items if type(item).__name__ == "BarGraphItem"]
    assert list(bars[0].opts["height"]) == pytest.approx([point.value for point in state(shell).current.points])
    # A single day has no way from day to day.
    key(shell, Qt.Key.Key_1)
    assert not plot.isVisible()


def test_a_picker_sees_their_own_first_and_says_whether_others_do(window):
    shell = window("reports-mine-list")
    assert state(shell).mine
    assert "whose" not in {act.intent for act in state(shell).acts}
    assert "Nobody sees these figures but you" in told(shell)
    assert "Sanne" not in told(shell)
    shell = window("reports-mine")
    assert "1. Sanne de Vries: 168.4 an hour, 99.7 % right" in told(shell)
    assert "2. You: 151.0 an hour" in told(shell)
    assert [shell._texts.word(act.word) for act in state(shell).acts if act.intent == "show_me"] == [
        "Take me off the list"
    ]


def test_without_the_centre_figures_say_how_old_they_are(window):
    shell = window("reports-offline")
    assert told(shell).startswith("The centre is away. These figures came 25 min ago.")
    assert window("reports-offline", "handheld") is shell
    assert screen(shell)._old.text == "The centre is away. These figures came 25 min ago."
    shell = window("reports-never")
    assert state(shell).seen is None
    assert "have not been fetched yet" in screen(shell)._none.text


@pytest.mark.parametrize("size", ["desk", "handheld", "narrow"])
@pytest.mark.parametrize("text_size", [100, 200])
def test_nothing_stands_on_anything_else(window, size, text_size):
    for name in ("reports", "reports-mine-list", "reports-offline"):
        view = screen(window(name, size, text_size=text_size, language="de"))
        shown = [one for one in (*view._tabs.values(), *view._acts, view.list, view.plot) if one.isVisibleTo(view)]
        places = [one.geometry() for one in shown]
        assert all(not a.intersects(b) for n, a in enumerate(places) for b in places[:n]), (name, size, text_size)
        assert all(view.rect().contains(place) for place in places), (name, size, text_size)


def test_on_a_handheld_a_figure_takes_the_place_of_the_list(window):
    shell = window("reports", "handheld")
    view = screen(shell)
    row = view.model.place_of("shorts")
    QTest.mouseClick(
        view.list.viewport(), Qt.MouseButton.LeftButton, pos=view.list.visualRect(view.model.index(1, 0)).center()
    )
    QApplication.processEvents()
    assert row is not None
    assert state(shell).opened
    assert not view.list.isVisible()
    assert view.plot.isVisible()
    shell.press("close")
    assert not state(shell).opened
    assert view.list.isVisible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_said_in_every_language(language):
    texts = Texts(language)
    words = dict.fromkeys(
        ("n", "part", "whole", "place", "hours", "stock", "age", "name", "low", "high", "pieces", "accuracy"), 2
    )
    assert all(
        texts.word(word, **words, time="1", state="s", channel="c", first_date="x", last_date="y", date="z")
        for word in ReportsWord
    )
    report = report_of(ReportAsked(7, Every.DAY, language))
    rows = {row.figure: row for row in report.figures}
    assert (
        value_text(texts, rows[Figure.FILL_RATE].value, Unit.PERCENT)
        == ("98.6" if language == "en" else "98,6") + "\N{NO-BREAK SPACE}%"
    )
    assert [figure for figure, row in rows.items() if not counted_text(texts, row)] == [Figure.ORDERS]
    assert value_text(texts, None, Unit.HOURS) == "–"


def test_what_draws_is_not_loaded_before_it_is_wanted():
    code = "import sys, app.ui.application, app.screens.reports.view; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_periods_can_be_asked_for():
    assert all(span.days // (7 if span.every is Every.WEEK else 1) <= 100 for span in SPANS.values())
