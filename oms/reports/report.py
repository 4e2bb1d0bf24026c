"""All figures of a period, put together. Routes, papers and mails ask it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from oms.reports import floor, orders
from oms.reports.asking import Asked
from oms.reports.floor import Picked
from oms.reports.orders import Left
from oms.reports.words import Meaning, meanings, told
from sync.contract.reports import Age, AgeRow, Figure, FigureRow, Point, Report, StateRow

_YEAR_S: Final = 365 * 86_400
#: (value, part, whole) of a figure in some time.
Said = tuple[float | None, float, float]
Told = dict[Figure, tuple[Said, list[Point]]]
#: Orders by part of the period, state and channel.
Placed = Mapping[tuple[date, str, str], int]


@contextmanager
def reading(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """A look at the database at one moment: figures of a report agree with each other."""
    with sessions() as db:
        db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        yield db


def make(db: Session, what: Asked) -> Report:
    """The report as it is now; `db` is of `reading`."""
    at = orders.now(db)
    told_by = _of_floor(db, what)
    states: list[StateRow] = []
    ages: list[AgeRow] = []
    if not what.worker:
        placed, (waits, oldest) = orders.placed(db, what), orders.waiting(db, what)
        told_by |= _of_orders(placed, sum(waits.values()), oldest, what) | _of_left(db, what, at)
        states, ages = _states(placed, what), _ages(waits, what)
    wanted = [one for one in meanings(what.language) if one.figure in told_by and _fits(one, what)]
    return Report(
        since=what.since.isoformat(), through=what.through.isoformat(), every=what.every, site=what.site, channel=what.channel,
        of=what.worker, zone=what.zone.key, language=what.language, made_at=at.isoformat(timespec="seconds"),
        figures=[_row(one, *told_by[one.figure]) for one in wanted], states=states, ages=ages,
    )  # fmt: skip


def _fits(one: Meaning, what: Asked) -> bool:
    """A figure that cannot be told apart by what was asked for is left out, not shown for everybody."""
    return ("channel" in one.by or not what.channel) and ("person" in one.by or not what.worker)


def _row(one: Meaning, whole: Said, points: list[Point]) -> FigureRow:
    value, part, of = whole
    return FigureRow(
        figure=one.figure, name=one.name, means=one.means, unit=one.unit, value=value, part=part, whole=of, points=points
    )  # fmt: skip


def _of_orders(placed: Placed, open_: int, oldest: float, what: Asked) -> Told:
    by_part = _by_part(placed)
    points = _points(what, lambda part: _count(by_part.get(part, 0)))
    return {
        Figure.ORDERS: (_count(sum(placed.values())), points),
        Figure.AGEING: ((open_, oldest, open_), []),
    }


def _of_left(db: Session, what: Asked, at: datetime) -> Told:
    left = orders.left(db, what)
    back = orders.came_back(db, what)
    whole = left.pop(None, Left())
    by_part: Mapping[date, Left] = {part: one for part, one in left.items() if part is not None}

    def of_left(say: Callable[[Left], Said]) -> tuple[Said, list[Point]]:
        return say(whole), _points(what, lambda part: say(by_part.get(part, Left())))

    def returned(part: date) -> Said:
        return _share(back.get(part, 0), by_part.get(part, Left()).went)

    return {
        Figure.FILL_RATE: of_left(lambda one: _share(one.went, one.asked)),
        Figure.ON_TIME: of_left(lambda one: _share(one.on_time, one.due)),
        Figure.CYCLE_TIME: of_left(lambda one: (one.half, one.most or 0.0, one.parts)),
        Figure.RETURNS: (_share(sum(back.values()), whole.went), _points(what, returned)),
        Figure.STOCK_TURNS: _turns(db, what, at, {part: one.went for part, one in by_part.items()}),
    }


def _of_floor(db: Session, what: Asked) -> Told:
    picked: dict[date, Picked] = {}
    if not what.channel:
        for (part, _), one in floor.picked(db, what).items():
            picked[part] = picked.get(part, Picked()) + one
    whole = sum(picked.values(), Picked())
    shorts = floor.shorts(db, what)

    def of_picked(say: Callable[[Picked], Said]) -> tuple[Said, list[Point]]:
        return say(whole), _points(what, lambda part: say(picked.get(part, Picked())))

    def missing(part: date) -> Said:
        pieces, reports = shorts.get(part, (0, 0))
        return (pieces, pieces, reports)

    pieces, reports = (sum(one[n] for one in shorts.values()) for n in (0, 1))
    return {
        Figure.PICKS_PER_HOUR: of_picked(lambda one: (one.per_hour, one.pieces, one.hours)),
        Figure.ACCURACY: of_picked(lambda one: (one.accuracy, one.rights, one.rights + one.wrongs)),
        Figure.SHORTS: ((pieces, pieces, reports), _points(what, missing)),
    }


def _turns(db: Session, what: Asked, at: datetime, went: Mapping[date, int]) -> tuple[Said, list[Point]]:
    stock = orders.stock(db, what)
    parts = what.parts
    said = {}
    for n, part in enumerate(parts):
        begin, end = what.bounds(part)
        said[part] = turns(went.get(part, 0), stock[n], stock[n + 1], (min(end, at) - begin).total_seconds())
    seconds = (min(what.end, at) - what.start).total_seconds()
    return turns(sum(went.values()), stock[0], stock[-1], seconds), _points(what, lambda part: said[part])


def turns(went: int, before: int, after: int, seconds: float) -> Said:
    """How often a year; nothing where there is no stock, or no time yet."""
    average = (before + after) / 2
    value = went / average * _YEAR_S / seconds if average > 0 and seconds > 0 else None
    return value, went, average


def _states(placed: Placed, what: Asked) -> list[StateRow]:
    counted: dict[tuple[str, str], int] = {}
    for (_, state, channel), many in placed.items():
        counted[channel, state] = counted.get((channel, state), 0) + many
    return [
        StateRow(state=state, name=told("states", state, what.language), channel=channel, orders=many)
        for (channel, state), many in sorted(counted.items(), key=lambda one: (one[0][0], -one[1], one[0][1]))
    ]


def _ages(waits: Mapping[Age, int], what: Asked) -> list[AgeRow]:
    return [AgeRow(age=age, name=told("ages", age.value, what.language), orders=many) for age, many in waits.items()]


def _by_part(rows: Placed) -> dict[date, int]:
    found: dict[date, int] = {}
    for (part, _, _), many in rows.items():
        found[part] = found.get(part, 0) + many
    return found


def _points(what: Asked, say: Callable[[date], Said]) -> list[Point]:
    return [_point(part, *say(part)) for part in what.parts]


def _point(part: date, value: float | None, counted: float, whole: float) -> Point:
    return Point(day=part.isoformat(), value=value, part=counted, whole=whole)


def _share(part: int, whole: int) -> Said:
    return (part / whole if whole else None), part, whole


def _count(many: int) -> Said:
    return many, many, many
