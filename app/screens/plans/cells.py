"""What stands in the columns of the lists of plans: words, and a sign where it needs somebody. Used by the table."""

from __future__ import annotations

from typing import Final

from app.screens.floor.cells import NONE, Cell, Column
from app.screens.plans.pages import LIKELY_PERCENT, Page
from app.screens.plans.words import PlansWord
from app.screens.words import Vocabulary, Word
from app.services.plans_port import Because, Compared, Doomed, Happened, PlanBatch, PlanWhy
from app.ui.texts import Texts

SHORT: Final[dict[Because, Vocabulary]] = {
    Because.TOGETHER: PlansWord.SHORT_TOGETHER,
    Because.ALONE: PlansWord.SHORT_ALONE,
    Because.IN_TURN: PlansWord.SHORT_IN_TURN,
    Because.TOO_BIG: PlansWord.SHORT_TOO_BIG,
    Because.NO_STOCK: PlansWord.SHORT_NO_STOCK,
    Because.NOT_OPEN: PlansWord.SHORT_NOT_OPEN,
}
_FIGURES: Final[dict[str, Vocabulary]] = {
    "orders": PlansWord.FIGURE_ORDERS,
    "batches": PlansWord.FIGURE_BATCHES,
    "metres": PlansWord.FIGURE_METRES,
    "minutes": PlansWord.FIGURE_MINUTES,
    "release_at": PlansWord.FIGURE_RELEASE_AT,
    "finish": PlansWord.FIGURE_FINISH,
    "picked": PlansWord.FIGURE_PICKED,
    "packed": PlansWord.FIGURE_PACKED,
    "late": PlansWord.FIGURE_LATE,
    "jam": PlansWord.FIGURE_JAM,
}
#: What is counted; everything else is rounded.
_COUNTED: Final = frozenset({"orders", "batches"})


def figure_text(texts: Texts, what: str) -> str:
    """What a figure is; one this app does not know as it is."""
    word = _FIGURES.get(what)
    return texts.word(word) if word else what


def rounded(value: float | None) -> str:
    """A figure as people say it: tenths below ten, else whole."""
    if value is None:
        return NONE
    return f"{value:.0f}" if abs(value) >= 10 or abs(value - round(value)) < 0.05 else f"{value:.1f}"


def why_short(texts: Texts, row: PlanWhy) -> str:
    """Why an order is where it is, in two or three words."""
    return texts.word(SHORT[row.because], partner=row.partner or "")


def _walk(texts: Texts, row: PlanBatch) -> Cell:
    unreached = any(not stop.reached for stop in row.stops)
    name = texts.word(PlansWord.WALK_NO, n=row.number)
    return Cell(
        f"{name} · {row.zone}" if row.zone else name,
        *(("warn", "triangle") if unreached else ("ask", "dot")),
        bold=True,
    )


def _order(_texts: Texts, row: PlanWhy) -> Cell:
    return Cell(row.order, *(("warn", "triangle") if row.batch is None else ("ask", "dot")), bold=True)


def _where(texts: Texts, row: PlanWhy) -> Cell:
    if row.batch is None:
        return Cell(texts.word(PlansWord.WAITS), "warn")
    return Cell(texts.word(PlansWord.WALK_NO, n=row.batch))


def _metres(value: float) -> Cell:
    return Cell(f"{value:.0f} m" if value else NONE, "text" if value else "quiet")


def _side(row: Compared, side: int) -> Cell:
    """The better figure bears a tick, so that it is not told by colour alone."""
    value = row.one if side == 1 else row.other
    text = f"{value:.0f}" if value is not None and row.what in _COUNTED else rounded(value)
    if row.better == side:
        return Cell(f"{text} ✓", "good", bold=True)
    return Cell(text, "quiet" if row.better else "text")


def _foreseen(_texts: Texts, row: Happened) -> Cell:
    spread = row.forecast
    if spread.p10 == spread.p90:
        return Cell(rounded(spread.p50))
    return Cell(f"{rounded(spread.p50)} ({rounded(spread.p10)}–{rounded(spread.p90)})")


def _happened(_texts: Texts, row: Happened) -> Cell:
    if row.happened is None:
        return Cell(NONE, "quiet")
    # A tick inside what was foreseen, a mark outside of it: not by colour alone.
    tone, sign = {True: ("good", " ✓"), False: ("warn", " !"), None: ("text", "")}[row.inside]
    return Cell(rounded(row.happened) + sign, tone, bold=True)


def _off(_texts: Texts, row: Happened) -> Cell:
    return Cell(f"{row.off_percent:+.0f}\N{NO-BREAK SPACE}%" if row.off_percent is not None else NONE, "quiet")


def _doomed(_texts: Texts, row: Doomed) -> Cell:
    return Cell(row.order, *(("bad", "octagon") if row.percent >= LIKELY_PERCENT else ("warn", "triangle")), bold=True)


def _clock(texts: Texts, moment: str | None) -> Cell:
    return Cell(texts.clock(moment) if moment else NONE, "text" if moment else "quiet")


def _truck(_texts: Texts, row: Doomed) -> Cell:
    return Cell(" ".join(filter(None, (row.carrier, row.service))) or NONE, "quiet")


COLUMNS: Final[dict[Page, tuple[Column, ...]]] = {
    Page.WALKS: (
        Column(PlansWord.COLUMN_WALK, _walk, 130, 2),
        Column(PlansWord.COLUMN_ORDERS, lambda _t, r: Cell(str(len(r.orders))), 90, 0, 2),
        Column(PlansWord.COLUMN_STOPS, lambda _t, r: Cell(str(len(r.stops))), 80, 0, 1),
        Column(PlansWord.COLUMN_PIECES, lambda _t, r: Cell(str(r.units)), 80, 0, 4),
        Column(PlansWord.COLUMN_METRES, lambda _t, r: _metres(r.metres), 90, 0),
        Column(PlansWord.COLUMN_MINUTES, lambda _t, r: Cell(rounded(r.minutes)), 64, 0, 3),
        Column(PlansWord.COLUMN_FULL, lambda _t, r: Cell(f"{r.full_percent}\N{NO-BREAK SPACE}%"), 76, 0, 5),
    ),
    Page.ORDERS: (
        Column(Word.COLUMN_ORDER, _order, 130, 2),
        Column(PlansWord.COLUMN_WALK, _where, 100, 1),
        Column(PlansWord.COLUMN_WHY, lambda t, r: Cell(why_short(t, r), "quiet"), 170, 2, 1),
        Column(PlansWord.COLUMN_ALONE, lambda _t, r: _metres(r.alone_m), 86, 0, 3),
        Column(PlansWord.COLUMN_ADDS, lambda _t, r: _metres(r.added_m), 86, 0, 2),
    ),
    Page.COMPARE: (
        Column(PlansWord.COMPARED, lambda t, r: Cell(figure_text(t, r.what), bold=True), 120, 2),
        Column(PlansWord.COLUMN_THIS, lambda _t, r: _side(r, 1), 90, 1),
        Column(PlansWord.COLUMN_OTHER, lambda _t, r: _side(r, 2), 90, 1),
    ),
    Page.OUTCOME: (
        Column(PlansWord.COMPARED, lambda t, r: Cell(figure_text(t, r.what), bold=True), 120, 2),
        Column(PlansWord.COLUMN_FORESEEN, _foreseen, 110, 1),
        Column(PlansWord.COLUMN_HAPPENED, _happened, 84, 0),
        Column(PlansWord.COLUMN_OFF, _off, 90, 0, 1),
    ),
    Page.RESCUE: (
        Column(Word.COLUMN_ORDER, _doomed, 120, 2),
        Column(Word.COLUMN_CARRIER, _truck, 120, 1, 3),
        Column(Word.COLUMN_CUT_OFF, lambda t, r: _clock(t, r.cut_off), 84, 0, 1),
        Column(PlansWord.COLUMN_READY, lambda t, r: _clock(t, r.ready), 84, 0),
        Column(PlansWord.COLUMN_RISK, lambda _t, r: Cell(f"{r.percent}\N{NO-BREAK SPACE}%", bold=True), 84, 0),
        Column(PlansWord.COLUMN_SINCE, lambda t, r: _clock(t, r.likely_since), 84, 0, 2),
        Column(PlansWord.COLUMN_WITH, lambda _t, r: Cell(", ".join(r.with_people) or NONE, "quiet"), 130, 1, 4),
    ),
    Page.REHEARSAL: (),
}
