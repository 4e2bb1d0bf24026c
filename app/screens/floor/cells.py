"""What stands in the cells of the board's lists: words, tone and mark. Made when a cell is looked at, never before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from app.screens.floor.panels import WAYS
from app.screens.floor.words import FloorWord
from app.screens.words import Vocabulary, Word, named
from app.services.floor_port import Row
from app.services.notices import message_of
from app.ui.texts import Texts
from sync.contract.board import BoardTab, DeviceLine, DeviceState, ExceptionLine, JobLine, PersonLine, WaveLine
from sync.contract.codes import JobState, WaveState
from sync.contract.waves import WaveRow

#: A truck that leaves within this many seconds is looked at.
SOON_S: Final = 30 * 60
NONE: Final = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `tone` is a colour token; `mark` an icon before the words, or `dot` or `ring`."""

    text: str
    tone: str = "text"
    mark: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `least` pixels at 100 %; what is left over is shared by `share`. Columns of the highest `give_up` go first."""

    word: Vocabulary
    make: Callable[[Texts, Any], Cell]
    least: int
    share: int = 0
    give_up: int = 0


def standing(texts: Texts, state: str, seen_s: int | None) -> Cell:
    """How a device stands, said by colour, sign and words."""
    if seen_s is None:
        return Cell(texts.word(FloorWord.STANDING_NEVER), "quiet", "ring")
    age = texts.age(seen_s)
    match state:
        case DeviceState.LIVE:
            return Cell(texts.word(FloorWord.STANDING_LIVE), "good", "dot")
        case DeviceState.DARK:
            return Cell(texts.word(FloorWord.STANDING_DARK, age=age), "warn", "triangle", bold=True)
        case DeviceState.OVERDUE:
            return Cell(texts.word(FloorWord.STANDING_DARK, age=age), "bad", "octagon", bold=True)
    return Cell(texts.word(FloorWord.STANDING_AWAY, age=age), "quiet", "ring")


def claim_text(texts: Texts, left_s: int | None) -> str:
    """How long a claim lasts."""
    if left_s is None:
        return NONE
    word = FloorWord.CLAIM_LEFT if left_s > 0 else FloorWord.CLAIM_OVER
    return texts.word(word, age=texts.age(abs(left_s)))


def leaves_text(texts: Texts, left_s: int | None) -> str:
    """When a truck leaves."""
    if left_s is None:
        return NONE
    word = FloorWord.LEAVES_IN if left_s > 0 else FloorWord.LEFT_AGO
    return texts.word(word, age=texts.age(abs(left_s)))


def kind_text(texts: Texts, kind: str) -> str:
    """A kind of work in words; one this app does not know as it is."""
    word = named("kind", kind)
    return texts.word(word) if word else kind


def waits_text(texts: Texts, row: JobLine) -> str:
    """What a job waits for that nobody can take yet."""
    word = named("waits", row.waits_for or "")
    return texts.word(word) if word else kind_text(texts, row.kind)


def wave_state_text(texts: Texts, row: WaveRow) -> str:
    """How a wave stands."""
    word = named("wave_state", row.state)
    return texts.word(word) if word else row.state


def way_text(texts: Texts, row: WaveRow) -> str:
    """In which way a wave is picked."""
    return texts.word(WAYS[row.method])


def orders_text(texts: Texts, orders: list[str], count: int, most: int = 3) -> str:
    """The first orders, at most `most`, and how many more."""
    shown = ", ".join(orders[:most])
    more = count - len(orders[:most])
    return f"{shown} {texts.word(FloorWord.AND_MORE, n=more)}" if more > 0 else shown


def _holds(texts: Texts, row: DeviceLine) -> Cell:
    if not row.jobs:
        return Cell(texts.word(FloorWord.HOLDS_NOTHING), "quiet")
    jobs = texts.word(FloorWord.N_JOBS, n=len(row.jobs))
    return Cell(f"{jobs}, {texts.word(Word.LINES, n=row.lines)}")


def _claim(texts: Texts, row: DeviceLine) -> Cell:
    tone = "quiet" if row.left_s is None or row.state == DeviceState.LIVE else "bad" if row.left_s <= 0 else "warn"
    return Cell(claim_text(texts, row.left_s), tone)


def _scans(texts: Texts, row: DeviceLine) -> Cell:
    return Cell(str(row.waiting) if row.waiting else NONE, "warn" if row.waiting else "quiet")


def _job_title(texts: Texts, row: JobLine) -> Cell:
    mark = "triangle" if row.short else "dot" if row.device_id else "ring"
    tone = "warn" if row.short else "quiet" if row.state == JobState.WAITING else "ask"
    title = orders_text(texts, row.orders, row.order_count, 1) or row.tote or kind_text(texts, row.kind)
    return Cell(title, tone, mark, bold=True)


def _with(texts: Texts, row: JobLine) -> Cell:
    if row.device:
        return Cell(" · ".join(filter(None, (row.device, row.person))))
    if row.kept_for:
        return Cell(texts.word(FloorWord.KEPT_FOR, device=row.kept_for), "ask")
    if row.waits_for:
        return Cell(waits_text(texts, row), "quiet")
    return Cell(texts.word(FloorWord.JOB_FREE), "quiet")


def _rank(_texts: Texts, row: JobLine) -> Cell:
    return Cell(str(row.priority), "flag" if row.priority == 1 else "text", bold=row.priority == 1)


def _clock(texts: Texts, moment: str | None) -> Cell:
    return Cell(texts.clock(moment) if moment else NONE, "quiet")


def _done(texts: Texts, row: JobLine) -> Cell:
    return Cell(texts.word(Word.COUNT_OF, n=row.units_done, of=row.units), bold=True)


def _idle(texts: Texts, row: PersonLine) -> Cell:
    return Cell(texts.age(row.idle_s) if row.idle_s is not None else NONE, "quiet")


def _what(texts: Texts, row: ExceptionLine) -> Cell:
    title = texts.message(message_of(row.action, row.params)).title
    if row.decision:
        return Cell(title, "quiet", "ring")
    return Cell(title, "flag", "hand", bold=True)


def _who(_texts: Texts, row: ExceptionLine) -> Cell:
    return Cell(row.person or row.device or NONE, "quiet")


def _truck(texts: Texts, row: WaveLine) -> Cell:
    left = row.orders - row.shipped - row.packed
    late = row.left_s is not None and row.left_s < SOON_S and left > 0
    gone = late and row.left_s is not None and row.left_s <= 0
    tone, mark = ("bad", "octagon") if gone else ("warn", "triangle") if late else ("ask", "dot")
    name = row.name or texts.word(FloorWord.NO_CARRIER)
    return Cell(name, tone if left else "good", mark if left else "dot", bold=True)


def _packed(texts: Texts, row: WaveLine) -> Cell:
    return Cell(texts.word(Word.COUNT_OF, n=row.packed + row.shipped, of=row.orders), bold=True)


def _wave(_texts: Texts, row: WaveRow) -> Cell:
    if row.progress.late:
        return Cell(row.name or NONE, "bad", "octagon", bold=True)
    if row.progress.short_units or row.plan.problems or row.state is WaveState.FAILED:
        return Cell(row.name or NONE, "warn", "triangle", bold=True)
    runs = row.state in (WaveState.RELEASED, WaveState.IN_PROGRESS)
    return Cell(row.name or NONE, "ask", "dot" if runs else "ring", bold=True)


def _share(percent: int) -> Cell:
    return Cell(f"{percent}\N{NO-BREAK SPACE}%", "text" if percent else "quiet", bold=percent > 0)


def _count(number: int, tone: str = "text") -> Cell:
    return Cell(str(number) if number else NONE, tone if number else "quiet", bold=number > 0)


COLUMNS: Final[dict[BoardTab, tuple[Column, ...]]] = {
    BoardTab.DEVICES: (
        Column(FloorWord.COLUMN_DEVICE, lambda _t, r: Cell(r.label, bold=True), 150, 2),
        Column(Word.COLUMN_STATE, lambda t, r: standing(t, r.state, r.seen_s), 172, 1),
        Column(FloorWord.COLUMN_HOLDS, _holds, 150, 1, 3),
        Column(FloorWord.COLUMN_CLAIM, _claim, 156, 1, 2),
        Column(FloorWord.COLUMN_PERSON, lambda _t, r: Cell(r.person or NONE, "quiet"), 142, 1, 4),
        Column(FloorWord.COLUMN_SCANS, _scans, 84, 0, 5),
    ),
    BoardTab.JOBS: (
        Column(Word.COLUMN_ORDER, _job_title, 150, 2),
        Column(FloorWord.COLUMN_KIND, lambda t, r: Cell(kind_text(t, r.kind), "quiet"), 120, 1, 4),
        Column(FloorWord.COLUMN_WITH, _with, 160, 2, 2),
        Column(FloorWord.COLUMN_DONE, _done, 100, 0, 0),
        Column(Word.COLUMN_CUT_OFF, lambda t, r: _clock(t, r.cut_off), 100, 0, 3),
        Column(FloorWord.COLUMN_PRIORITY, _rank, 84, 0, 5),
    ),
    BoardTab.PEOPLE: (
        Column(FloorWord.COLUMN_PERSON, lambda _t, r: Cell(r.name, bold=True), 170, 2),
        Column(FloorWord.COLUMN_DEVICE, lambda t, r: Cell(r.device, *_device_tone(r)), 130, 1),
        Column(FloorWord.COLUMN_ZONE, lambda _t, r: Cell(r.zone or NONE), 84, 0, 3),
        Column(FloorWord.COLUMN_IDLE, _idle, 110, 0, 2),
        Column(FloorWord.COLUMN_LINES_HOUR, lambda _t, r: Cell(str(r.lines_hour), bold=True), 110, 0, 1),
    ),
    BoardTab.EXCEPTIONS: (
        Column(FloorWord.COLUMN_WHAT, _what, 220, 3),
        Column(Word.COLUMN_ORDER, lambda _t, r: Cell(r.order or NONE), 110, 0, 2),
        Column(FloorWord.COLUMN_PERSON, _who, 130, 1, 3),
        Column(Word.COLUMN_CUT_OFF, lambda t, r: _clock(t, r.cut_off), 100, 0, 1),
        Column(FloorWord.COLUMN_SINCE, lambda t, r: _clock(t, r.created_at), 90, 0, 4),
    ),
    BoardTab.WAVES: (
        Column(Word.COLUMN_CARRIER, _truck, 150, 2),
        Column(Word.COLUMN_CUT_OFF, lambda t, r: _clock(t, r.cut_off), 100, 0, 1),
        Column(FloorWord.COLUMN_LEAVES, lambda t, r: Cell(leaves_text(t, r.left_s)), 130, 1, 2),
        Column(FloorWord.COLUMN_TO_PICK, lambda _t, r: Cell(str(r.to_pick)), 100, 0, 3),
        Column(FloorWord.COLUMN_PACKED, _packed, 124, 0),
    ),
    BoardTab.PLANNED: (
        Column(FloorWord.COLUMN_WAVE, _wave, 130, 2),
        Column(Word.COLUMN_STATE, lambda t, r: Cell(wave_state_text(t, r)), 110, 1, 1),
        Column(FloorWord.COLUMN_WAY, lambda t, r: Cell(way_text(t, r), "quiet"), 80, 1, 8),
        Column(Word.COLUMN_CUT_OFF, lambda t, r: _clock(t, r.cut_off), 76, 0, 4),
        Column(FloorWord.COLUMN_PICKED, lambda _t, r: _share(r.progress.picked_percent), 76),
        Column(FloorWord.COLUMN_SORTED, lambda _t, r: _share(r.progress.sorted_percent), 76, 0, 6),
        Column(FloorWord.COLUMN_PACKED, lambda _t, r: _share(r.progress.packed_percent), 76, 0, 5),
        Column(FloorWord.COLUMN_SHORT, lambda _t, r: _count(r.progress.short_units, "warn"), 56, 0, 3),
        Column(FloorWord.COLUMN_LATE, lambda _t, r: _count(r.progress.late, "bad"), 56, 0, 2),
        Column(FloorWord.TAB_PEOPLE, lambda _t, r: _count(r.progress.people), 56, 0, 7),
    ),
}


def _device_tone(row: PersonLine) -> tuple[str, str]:
    dark = row.state in (DeviceState.DARK, DeviceState.OVERDUE)
    return ("warn", "triangle") if dark else ("text", "")


def cell_of(texts: Texts, tab: BoardTab, column: int, row: Row) -> Cell:
    """One cell of a row."""
    return COLUMNS[tab][column].make(texts, row)
