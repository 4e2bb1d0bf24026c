"""The board's lists as this desk knows them: merged from what the centre sends, kept in order, narrowed, and told as edits.

Fed on the network worker, read on the store worker: the window is only given what differs from what it shows.
"""

import threading
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from app.services.floor_port import Edit, FloorPage, Row
from sync.contract.board import (
    BoardCounts,
    BoardReply,
    BoardTab,
    DeviceLine,
    ExceptionLine,
    JobLine,
    PersonLine,
    WaveLine,
)
from sync.contract.codes import JobState
from sync.contract.waves import WaveRow

Key = tuple[Any, ...]

#: More edits than this cost more than drawing anew.
_MOST_EDITS: Final = 200
_LATE: Final = "9"
_STANDING: Final = {"overdue": 0, "dark": 1, "live": 2, "away": 3}


def key_of(row: Row) -> Key:
    """Where a row stands: what needs somebody first."""
    match row:
        case DeviceLine():
            return _STANDING.get(row.state, 9), row.label.casefold(), row.id
        case JobLine():
            return row.state == JobState.WAITING, row.priority, row.cut_off or _LATE, row.orders[:1], row.id
        case PersonLine():
            return row.name.casefold(), row.id
        case ExceptionLine():
            return bool(row.decision), row.cut_off or _LATE, row.created_at, row.id
        case WaveLine():
            return row.cut_off or _LATE, row.name, row.id
        case WaveRow():
            return row.cut_off or _LATE, row.created_at, row.id


def words_of(row: Row) -> str:
    """What a row is found by."""
    match row:
        case DeviceLine():
            held = [word for job in row.jobs for word in (*job.orders, job.tote or "")]
            words = [row.label, row.person, *held]
        case JobLine():
            words = [*row.orders, row.tote or "", row.device, row.person, row.kept_for, row.id]
        case PersonLine():
            words = [row.name, row.number, row.device, row.zone]
        case ExceptionLine():
            words = [row.order, row.person, row.device, *map(str, row.params.values())]
        case WaveLine():
            words = [row.name]
        case WaveRow():
            words = [row.name, *row.orders]
    return "\n".join(words).casefold()


@dataclass(slots=True)
class _List:
    """One list: rows with key and words by id, their order, what changed since it was last told, and how it was told: under which search,
    with which order and rows."""

    rows: dict[str, tuple[Key, Row, str]] = field(default_factory=dict)
    order: list[tuple[Key, str]] = field(default_factory=list)
    ver: int = 0
    known: bool = False
    touched: set[str] = field(default_factory=set)
    search: str | None = None
    told: list[tuple[Key, str]] = field(default_factory=list)
    keys: dict[str, Key] = field(default_factory=dict)
    shown: list[Row] = field(default_factory=list)
    number: int = 0


class FloorLists:
    """All lists. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lists = {tab: _List() for tab in BoardTab}
        self._counts = BoardCounts()
        self._guard = threading.Lock()

    def version(self, tab: BoardTab) -> int:
        """Up to which feed version a list is known; 0: not at all."""
        with self._guard:
            return self._lists[tab].ver

    def forget(self) -> None:
        """Another person, another centre: nothing is known."""
        with self._guard:
            self._lists = {tab: _List(number=one.number) for tab, one in self._lists.items()}

    def replace(self, tab: BoardTab, rows: list[Row], ver: int, counts: BoardCounts) -> None:
        """All rows of a list."""
        with self._guard:
            one = self._lists[tab]
            self._merge(one, rows, one.rows.keys() - {row.id for row in rows})
            one.ver, one.known, self._counts = ver, True, counts

    def change(self, tab: BoardTab, reply: BoardReply, rows: list[Row]) -> None:
        """Rows that changed, and those that are gone."""
        with self._guard:
            one = self._lists[tab]
            self._merge(one, rows, set(reply.gone))
            one.ver, self._counts = reply.ver, reply.counts

    def _merge(self, one: _List, rows: list[Row], gone: set[str]) -> None:
        moved = {id for id in gone if one.rows.pop(id, None) is not None}
        one.touched |= moved
        fresh = []
        for row in rows:
            before = one.rows.get(row.id)
            if before is not None and before[1] == row:
                continue
            key = key_of(row)
            one.rows[row.id] = (key, row, words_of(row))
            one.touched.add(row.id)
            if before is None or before[0] != key:
                fresh.append((key, row.id))
            if before is not None and before[0] != key:
                moved.add(row.id)
        if moved:
            one.order = [entry for entry in one.order if entry[1] not in moved]
        if fresh:
            one.order += fresh
            # Nearly sorted already: a merge, not a sort.
            one.order.sort()

    def page(self, tab: BoardTab, search: str, current: str) -> FloorPage:
        """The list now, narrowed, with the edits that lead to it from the page told before."""
        with self._guard:
            one = self._lists[tab]
            edits = None
            if search == one.search and len(one.touched) <= _MOST_EDITS:
                edits = _follow(one)
            else:
                _anew(one, search)
            found = one.rows.get(current)
            base, one.number = one.number, one.number + 1
            return FloorPage(
                tab=tab,
                rows=list(one.shown),
                number=one.number,
                base=base,
                edits=edits,
                of=len(one.rows),
                counts=self._counts,
                current=found[1] if found else None,
                loading=not one.known,
            )


def _matches(words: str, search: str) -> bool:
    return all(word in words for word in search.casefold().split())


def _anew(one: _List, search: str) -> None:
    """All that matches; there are no edits to tell."""
    one.search, one.touched = search, set()
    one.told = [entry for entry in one.order if _matches(one.rows[entry[1]][2], search)]
    one.keys = {id: key for key, id in one.told}
    one.shown = [one.rows[id][1] for _, id in one.told]


def _follow(one: _List) -> tuple[Edit, ...]:
    """Brings what was told up to date, and says how: rows out, rows in, rows changed in their place. A row whose place changed goes out
    and in. Costs as much as what changed, however long the list is."""
    touched, one.touched = one.touched, set()
    before = {id: (one.keys[id], id) for id in touched if id in one.keys}
    after = {
        id: (one.rows[id][0], id) for id in touched if id in one.rows and _matches(one.rows[id][2], one.search or "")
    }
    gone = _runs(sorted(bisect_left(one.told, entry) for id, entry in before.items() if after.get(id) != entry))
    for first, last in reversed(gone):
        for _, id in one.told[first : last + 1]:
            del one.keys[id]
        del one.told[first : last + 1], one.shown[first : last + 1]
    come = []
    for entry in sorted(entry for id, entry in after.items() if before.get(id) != entry):
        place = bisect_left(one.told, entry)
        one.keys[entry[1]] = entry[0]
        one.told.insert(place, entry)
        one.shown.insert(place, one.rows[entry[1]][1])
        come.append(place)
    same = []
    for id, entry in after.items():
        if before.get(id) == entry:
            place = bisect_left(one.told, entry)
            one.shown[place] = one.rows[id][1]
            same.append(place)
    return (
        *(Edit("removed", first, last) for first, last in reversed(gone)),
        *(Edit("inserted", first, last, one.shown[first : last + 1]) for first, last in _runs(come)),
        *(Edit("changed", first, last, one.shown[first : last + 1]) for first, last in _runs(sorted(same))),
    )


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """Neighbours joined: [1, 2, 3, 7] are (1, 3) and (7, 7)."""
    runs = []
    for _, group in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        run = [place for _, place in group]
        runs.append((run[0], run[-1]))
    return runs
