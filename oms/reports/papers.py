"""A report as PDF: what was reckoned, what each figure means, how it went from part to part."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from oms.documents import blocks, formats, load
from oms.documents.data import Shop
from oms.documents.engine import Flowable
from oms.documents.page import Sheet, write
from oms.reports.words import told
from sync.contract.reports import FigureRow, Report, Unit

_NONE = "–"
_A_TABLE = 5
_PLACES = {Unit.PERCENT: 1, Unit.HOURS: 1, Unit.PER_HOUR: 1, Unit.TIMES: 1}


def as_pdf(db: Session, report: Report, home: str) -> bytes:
    """The report on A4, under the head of the site it is about, else of `home`."""
    sheet = Sheet("A4", report.language)
    title = told("paper", "title", report.language)
    foot = f"{title} · {_period(report)}"
    return write(sheet, title, foot, _parts(sheet, load.shop(db, report.site or home), report))


def shown(value: float | None, unit: Unit, language: str) -> str:
    """A figure as people of a language read it: `97.5 %`, `5.2 h`, `48`."""
    if value is None:
        return _NONE
    if unit is Unit.PERCENT:
        return f"{formats.number(Decimal(value) * 100, language, 1)}\N{NO-BREAK SPACE}%"
    text = formats.number(Decimal(value), language, _PLACES.get(unit, 0))
    return {Unit.HOURS: f"{text}\N{NO-BREAK SPACE}h", Unit.TIMES: f"{text}\N{NO-BREAK SPACE}×"}.get(unit, text)


def _parts(sheet: Sheet, shop: Shop, report: Report) -> Iterator[Flowable]:
    def say(word: str) -> str:
        return told("paper", word, sheet.language)

    made = datetime.fromisoformat(report.made_at).astimezone(ZoneInfo(report.zone))
    yield blocks.head(sheet, shop, say("title"))
    yield blocks.gap(2)
    yield blocks.facts(
        sheet, (say("period"), _period(report)), (say("site"), report.site or say("all_sites")),
        (say("channel"), report.channel or say("all_channels")), (say("made"), formats.moment(made, sheet.language)),
    )  # fmt: skip
    yield blocks.gap(3)
    yield blocks.table(
        sheet, (say("figure"), say("value"), say("means")),
        [
            (blocks.words(sheet, row.name, "strong"), blocks.words(sheet, shown(row.value, row.unit, sheet.language), "figure"),
             blocks.words(sheet, row.means, "quiet", blocks.NOTE_LONGEST))
            for row in report.figures
        ],
        (30, 18, 72), right=(1,),
    )  # fmt: skip
    yield from _counts(sheet, report)
    rows = [row for row in report.figures if len(row.points) > 1]
    for n in range(0, len(rows), _A_TABLE):
        yield blocks.gap(4)
        yield blocks.words(sheet, say("by_step"), "section")
        yield _steps(sheet, rows[n : n + _A_TABLE])


def _counts(sheet: Sheet, report: Report) -> Iterator[Flowable]:
    def say(word: str) -> str:
        return told("paper", word, sheet.language)

    def count(orders: int) -> Flowable:
        return blocks.words(sheet, formats.number(orders, sheet.language), "right")

    if report.states:
        yield blocks.gap(4)
        rows = [
            (blocks.words(sheet, one.channel or say("no_channel")), blocks.words(sheet, one.name), count(one.orders))
            for one in report.states
        ]
        yield blocks.table(sheet, (say("channel"), say("state"), say("orders")), rows, (40, 50, 20), right=(2,))
    if any(one.orders for one in report.ages):
        yield blocks.gap(4)
        ages = [(blocks.words(sheet, one.name), count(one.orders)) for one in report.ages]
        yield blocks.table(sheet, (say("age"), say("orders")), ages, (90, 20), right=(1,))


def _steps(sheet: Sheet, rows: list[FigureRow]) -> Flowable:
    lines = []
    for n, point in enumerate(rows[0].points):
        day = formats.day(date.fromisoformat(point.day), sheet.language)
        values = (blocks.words(sheet, shown(row.points[n].value, row.unit, sheet.language), "right") for row in rows)
        lines.append((blocks.words(sheet, day), *values))
    heads = (told("paper", "from_day", sheet.language), *(row.name for row in rows))
    return blocks.table(sheet, heads, lines, (22, *([20] * len(rows))), right=tuple(range(1, len(rows) + 1)))


def _period(report: Report) -> str:
    first, last = (formats.day(date.fromisoformat(one), report.language) for one in (report.since, report.through))
    return first if first == last else f"{first} – {last}"
