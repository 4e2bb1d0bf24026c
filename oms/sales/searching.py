"""Search that answers while somebody types, however many orders there are. `index` is called by capture, changes and the floor's news;
`search` by the workbench's routes.

Words are looked for in blocks of orders, the newest first, twice as many blocks each time; what is rare, in all orders at once. Filters
that only open orders can meet are looked for among those, and days among the orders of those days. What a search reads is bounded; where
it stops before the page is full it says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from oms.sales import search_words as sw
from oms.sales.codes import SaleState
from oms.sales.desk_models import SEARCH_SERIAL, OrderSearch
from oms.sales.found_by import words_of
from oms.sales.search_words import BLOCK, OPEN_STATES, Term, Typed

if TYPE_CHECKING:
    from oms.db.work import Work

#: Of words that more orders have than this, only newer ones are looked at, block by block.
RARE: Final = 1000
#: So many blocks are asked before all orders are, and so many at most in one search: where something was found, and where nothing was.
_NEWEST, _BLOCKS_MOST, _BLOCKS_FOR_ONE = 7, 63, 511
#: A word that no more of the newest orders have is worth looking for in all of them: the index reads all that have a word.
_SCARCE: Final = 16
#: So many orders are looked at where nothing else narrows a filter down: first the one, then the other.
_LOOKS: Final = (256, 4096)
_PUT: Final = text(
    "INSERT INTO order_search (order_no, n, words) VALUES (:order_no, :n, array_to_tsvector(:words)) "
    "ON CONFLICT (order_no) DO UPDATE SET words = excluded.words"
).bindparams(bindparam("words", type_=ARRAY(Text)))
_DRAW: Final = select(SEARCH_SERIAL.next_value()).select_from(func.generate_series(1, bindparam("many")))


@dataclass(slots=True)
class Hits:
    """Numbers found, newest first. `next`: where to go on, None: that is all. `total` is exact unless `more`."""

    numbers: list[str] = field(default_factory=list)
    next: str | None = None
    total: int = 0
    more: bool = False


def index(w: "Work", numbers: Iterable[str]) -> None:
    """Makes these orders findable as they are now, in this transaction. A known one keeps its place."""
    wanted = sorted(set(numbers))
    if not wanted:
        return
    w.db.flush()
    found = words_of(w.db, wanted)
    known = dict(
        w.db.execute(select(OrderSearch.order_no, OrderSearch.n).where(OrderSearch.order_no.in_(wanted))).all()
    )
    fresh = [number for number in found if number not in known]
    if fresh:
        known |= dict(zip(fresh, w.db.scalars(_DRAW, {"many": len(fresh)}), strict=True))
    rows = [
        {"order_no": number, "n": known[number], "words": sw.both_ways(words, known[number])}
        for number, words in found.items()
    ]
    if rows:
        w.db.execute(_PUT, rows)


def search(db: Session, typed: Typed, *, today: date, after: str = "", limit: int = 50) -> Hits:
    """The newest orders that are meant, at most `limit`, from `after` (the `next` of the page before) on."""
    # A plan is chosen for what is there on average; these queries are made so that an index answers each of them.
    db.execute(text("SET LOCAL enable_seqscan = off"))
    if typed.terms and (after.startswith("n:") or not (typed.of_the_desk or typed.days)):
        return _by_words(db, typed, today, after, limit)
    hits = _by_date(db, typed, today, after, limit)
    if typed.terms and hits.next is not None and not after:
        # A large desk, or many days, and a rare word.
        few = len(hits.numbers) < limit if typed.days and not typed.of_the_desk else not hits.numbers
        return _by_words(db, typed, today, after, limit) if few else hits
    return hits


# --- By words: newest block first ---------------------------------------------------------------------------------------------------


def _by_words(db: Session, typed: Typed, today: date, after: str, limit: int) -> Hits:
    end = int(after.removeprefix("n:")) if after.startswith("n:") and after[2:].isdecimal() else None
    last = db.scalar(text("SELECT max(n) FROM order_search"))
    if last is None:
        return Hits()
    below = min(end if end is not None else last + 1, last + 1)
    found: list[tuple[int, str]] = []
    asked, step, block = 0, 1, (below - 1) // BLOCK if below > 0 else -1
    newest = range(max(0, block - _NEWEST + 1), block + 1)
    everything = False
    while block >= 0 and asked < (_BLOCKS_MOST if found else _BLOCKS_FOR_ONE) and len(found) <= limit:
        if asked >= _NEWEST and not everything:
            rest = _rare(db, typed, today, newest, (block + 1) * BLOCK)
            everything = True
            if rest is not None:
                found += rest
                block = -1
                break
        blocks = range(max(0, block - step + 1), block + 1)
        found += _in_blocks(db, typed, today, blocks, below, limit + 1 - len(found))
        asked, block, step = asked + len(blocks), blocks[0] - 1, step * 2
    return _page(found, limit, block, after)


def _page(found: list[tuple[int, str]], limit: int, block: int, after: str) -> Hits:
    shown = found[:limit]
    hits = Hits([number for _, number in shown], None, len(found))
    if len(found) > limit:
        hits.next = f"n:{shown[-1][0]}"
    elif block >= 0:
        hits.next = f"n:{(block + 1) * BLOCK}"
    if after or block >= 0:
        # What a page before had is not counted again.
        hits.more, hits.total = True, len(shown)
    return hits


def _in_blocks(db: Session, typed: Typed, today: date, blocks: range, below: int, limit: int) -> list[tuple[int, str]]:
    words = {"asked": [typed.tsquery([block]) for block in blocks], "below": below, "limit": limit}
    return _ask(db, f"{_WORDS} ORDER BY s.n DESC LIMIT :limit", typed, today, words)


def _rare(db: Session, typed: Typed, today: date, newest: range, below: int) -> list[tuple[int, str]] | None:
    """All older ones, if there is a word that few have."""
    cores = _scarce(db, typed.cores(), newest)
    if not cores:
        return None
    words = {"core": sw.as_tsquery(cores, None), "q": typed.tsquery([None]), "below": below, "rare": RARE + 1}
    few = db.execute(text(_FEW), words).all()
    if len(few) > RARE:
        return None
    numbers = {number: n for n, number, meant in few if meant}
    if not typed.filtered or not numbers:
        return sorted(((n, number) for number, n in numbers.items()), reverse=True)
    kept = _ask(db, _KNOWN, typed, today, {"numbers": list(numbers)})
    return sorted(((numbers[number], number) for _, number in kept), reverse=True)


def _scarce(db: Session, terms: list[Term], newest: range) -> list[Term]:
    """Those that few of the newest orders have."""
    asked = [(nth, sw.as_tsquery([term], block)) for nth, term in enumerate(terms) for block in newest]
    words = {"nths": [nth for nth, _ in asked], "asked": [query for _, query in asked], "few": _SCARCE + 1}
    common = {nth for nth, many in db.execute(text(_COMMON), words) if many > _SCARCE}
    return [term for nth, term in enumerate(terms) if nth not in common]


#: The sum keeps the planner from walking all orders by `n`; what is made first keeps it from asking the index for the common words too.
_FEW: Final = """
    WITH few AS MATERIALIZED (
        SELECT n, order_no, words FROM order_search WHERE words @@ CAST(:core AS tsquery) AND n + 0 < :below LIMIT :rare
    )
    SELECT n, order_no, words @@ CAST(:q AS tsquery) FROM few"""
_COMMON: Final = """
    SELECT t.nth, count(*) FROM unnest(CAST(:nths AS int[]), CAST(:asked AS text[])) AS t (nth, q)
     CROSS JOIN LATERAL (SELECT FROM order_search WHERE words @@ CAST(t.q AS tsquery) LIMIT :few) s GROUP BY t.nth"""
#: Block by block: asked for in one, each order found would be held against the words of every block.
_WORDS: Final = """
    SELECT s.n, s.order_no FROM unnest(CAST(:asked AS text[])) AS b (q)
     CROSS JOIN LATERAL (SELECT n, order_no FROM order_search WHERE words @@ CAST(b.q AS tsquery) OFFSET 0) s {joined}
     WHERE s.n + 0 < :below {kept}"""
_KNOWN: Final = "SELECT 0, c.number FROM customer_order c WHERE c.number = ANY(:numbers) {kept}"
_JOIN: Final = "JOIN customer_order c ON c.number = s.order_no"


def _ask(db: Session, query: str, typed: Typed, today: date, words: dict[str, Any]) -> list[tuple[int, str]]:
    kept, more = _filters(typed, today)
    sql = query.format(joined=_JOIN if kept else "", kept=kept)
    return [(n, number) for n, number in db.execute(text(sql), words | more)]


# --- By date: the list, and filters on what is open ----------------------------------------------------------------------------------


def _by_date(db: Session, typed: Typed, today: date, after: str, limit: int) -> Hits:
    """Orders by when they were placed; those of each state are one index range."""
    states = OPEN_STATES if typed.of_the_desk and typed.states is None else typed.states
    held_first = bool(typed.held or typed.holds)
    plain = not (
        typed.cores()
        or typed.sites
        or typed.not_sites
        or typed.late is not None
        or typed.held is not None
        or typed.holds
    )
    hits = Hits()
    # The words of some days are looked for by the index, where the newest of those days do not fill the page.
    at_most = _LOOKS[:1] if typed.days and typed.terms and not typed.of_the_desk and not after else _LOOKS
    for looks in (limit + 1,) if plain else at_most:
        base, words = _base(states, held_first, after, typed, today)
        kept, more = _filters(typed, today)
        if typed.terms:
            # Of those that are looked at only: where it could, the database would ask the index for all orders that have the words.
            kept += " AND (SELECT s.words @@ CAST(:q AS tsquery) FROM order_search s WHERE s.order_no = c.number)"
            more["q"] = typed.tsquery([None])
        rows = db.execute(text(_SEEN.format(base=base, kept=kept)), words | more | {"looks": looks}).all()
        hits = _dated(rows, looks, limit, after)
        if len(hits.numbers) == limit or not rows or rows[0].seen < looks:
            break
    return hits


def _dated(rows: Any, looks: int, limit: int, after: str) -> Hits:
    """One row per order found, each with how many were looked at and the last of them; a row without a number where none was found."""
    found = [row for row in rows if row.number is not None]
    shown = found[:limit]
    hits = Hits([row.number for row in shown], None, len(found))
    stopped = bool(rows) and rows[0].seen >= looks
    if len(found) > limit:
        hits.next = _place(shown[-1].placed_at, shown[-1].number)
    elif stopped:
        hits.next = _place(rows[0].last_at, rows[0].last_number)
    if after or stopped:
        hits.more, hits.total = True, len(shown) if hits.next is None or after else len(found)
    return hits


_SEEN: Final = """
    WITH seen AS MATERIALIZED (SELECT * FROM ({base}) u ORDER BY placed_at DESC, number DESC LIMIT :looks),
         told AS (SELECT count(*) AS seen FROM seen),
         last AS (SELECT placed_at AS last_at, number AS last_number FROM seen ORDER BY placed_at, number LIMIT 1),
         hits AS (SELECT c.placed_at, c.number FROM seen JOIN customer_order c USING (number) WHERE true {kept})
    SELECT told.seen, last.last_at, last.last_number, hits.placed_at, hits.number
      FROM told LEFT JOIN last ON true LEFT JOIN hits ON true ORDER BY hits.placed_at DESC, hits.number DESC"""
#: Days are those of UTC, as in the index of words.
_OF_DAYS: Final = """ AND placed_at >= CAST(CAST(:since AS date) AS timestamp) AT TIME ZONE 'UTC'
    AND placed_at < CAST(CAST(:until AS date) AS timestamp) AT TIME ZONE 'UTC'"""
_FROM_HERE: Final = "AND (placed_at, number) < (CAST(:at AS timestamptz), :number)"


def _base(
    states: Iterable[SaleState] | None, held: bool, after: str, typed: Typed, today: date
) -> tuple[str, dict[str, Any]]:
    """Which orders are looked at, newest first: an index range each."""
    words: dict[str, Any] = {}
    here = ""
    if (place := _placed(after)) is not None:
        here = _FROM_HERE
        words = {"at": place[0], "number": place[1]}
    if typed.days is not None:
        here += _OF_DAYS
        words |= {"since": typed.days[0], "until": typed.days[1]}
    if held:
        return _HELD.format(here=here), words
    if typed.late:
        return _LATE.format(here=here), words | {"today": today}
    if states is None:
        return _ANY.format(kept="true", here=here), words
    ranges = (_ANY.format(kept=f"state = '{state.value}'", here=here) for state in sorted(states))
    return " UNION ALL ".join(f"({one})" for one in ranges) or _ANY.format(kept="false", here=""), words


_ANY: Final = (
    "SELECT placed_at, number FROM customer_order WHERE {kept} {here} ORDER BY placed_at DESC, number DESC LIMIT :looks"
)
_HELD: Final = """SELECT placed_at, number FROM customer_order
    WHERE number IN (SELECT order_no FROM order_hold WHERE released_at IS NULL) {here}"""
_LATE: Final = """SELECT placed_at, number FROM customer_order
    WHERE state NOT IN ('shipped', 'returned', 'cancelled') AND promised IS NOT NULL AND promised < :today {here}"""


def _place(at: datetime, number: str) -> str:
    return f"p:{at.isoformat()}|{number}"


def _placed(after: str) -> tuple[datetime, str] | None:
    """Where a page ended; None: at the beginning, as for anything that is not ours."""
    at, bar, number = after.removeprefix("p:").partition("|")
    if not after.startswith("p:") or not bar:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, number) if moment.tzinfo is not None else None


def _filters(typed: Typed, today: date) -> tuple[str, dict[str, Any]]:
    """What is asked of an order `c` beside its words, and the parameters of that."""
    kept = ""
    words: dict[str, Any] = {}
    if typed.states is not None:
        kept, words["states"] = " AND c.state = ANY(:states)", [state.value for state in sorted(typed.states)]
    hold = "EXISTS (SELECT 1 FROM order_hold h WHERE h.order_no = c.number AND h.released_at IS NULL{})"
    if typed.held is not None:
        kept += f" AND {'' if typed.held else 'NOT '}{hold.format('')}"
    if typed.holds:
        kept, words["holds"] = kept + f" AND {hold.format(' AND h.code = ANY(:holds)')}", sorted(typed.holds)
    if typed.late is not None:
        late = "coalesce(c.promised < :today, false) AND c.state NOT IN ('shipped', 'returned', 'cancelled')"
        kept, words["today"] = kept + f" AND {'' if typed.late else 'NOT '}({late})", today
    part = "EXISTS (SELECT 1 FROM sales_order o WHERE o.customer_order = c.number AND o.state <> 'cancelled' AND o.site_id = ANY(:{}))"
    if typed.sites:
        kept, words["sites"] = f"{kept} AND {part.format('sites')}", sorted(typed.sites)
    if typed.not_sites:
        kept, words["not_sites"] = f"{kept} AND NOT {part.format('not_sites')}", sorted(typed.not_sites)
    return kept, words
