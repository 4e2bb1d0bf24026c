"""What an order is found by, and what somebody typed: both as words of a kind. Pure; `searching` asks the database with it.

A word in the index is its kind (one letter) and itself, all small and without accents. It stands there twice: plain, and with the block of
orders it is in before it (`#BLOCK:`), so that the newest orders can be asked alone: however common a word is, and however many orders
there are, a block has no more than so many.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from oms.sales.codes import SaleState

#: Orders per block.
BLOCK: Final = 2048
#: Of each word, and of all typed.
MOST_CHARS: Final = 60
MOST_TYPED: Final = 12

#: Kinds of words. Those in `FREE` are found by any typed word that they begin with.
NUMBER, PERSON, SKU, TRACKING, CHANNEL, DAY, FLAG, COUNTRY = "npstcdfl"
FREE: Final = (NUMBER, PERSON, SKU, TRACKING)

_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ł": "l", "þ": "th", "ð": "d", "ı": "i"})
_PARTS: Final = re.compile(r"[^\W_]+")
_OTHER: Final = re.compile(r"[^\w@.+/#-]+")
_EARLIEST: Final = date(2000, 1, 1)
_CLOSED: Final = frozenset({SaleState.SHIPPED, SaleState.RETURNED, SaleState.CANCELLED})
OPEN_STATES: Final = frozenset(SaleState) - _CLOSED


def plain(text: str) -> str:
    """Small letters without accents, nothing that cannot be in a word, cut at `MOST_CHARS`."""
    flat = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return _OTHER.sub("", "".join(c for c in flat if not unicodedata.combining(c)))[:MOST_CHARS]


def of_number(text: str) -> set[str]:
    """A number of an order, as a whole and by its longer run of digits."""
    whole = plain(text)
    return {NUMBER + one for one in (whole, *re.findall(r"\d{4,}", whole)) if one}


def of_person(*texts: str) -> set[str]:
    """Names, cities, postcodes: each word, and a postcode of two parts also as one."""
    words: set[str] = set()
    for text in texts:
        parts = [part for chunk in text.split() for part in _PARTS.findall(plain(chunk))]
        words |= {PERSON + part for part in parts}
        if len(parts) == 2 and any(c.isdigit() for c in text):
            words.add(PERSON + "".join(parts)[:MOST_CHARS])
    return words


def of_email(text: str) -> set[str]:
    """An address as a whole, and what is before the @."""
    whole = plain(text)
    return {PERSON + whole, *of_person(whole.partition("@")[0])} if whole else set()


def of_phone(text: str) -> set[str]:
    """A number as it is, and as it is dialled in its own country."""
    digits = re.sub(r"\D", "", text)
    return {PERSON + one for one in (digits, "0" + digits[-9:]) if len(digits) > 5}


def of_day(day: date) -> set[str]:
    """A day, its month and its year."""
    return {DAY + f"{day:%Y%m%d}", DAY + f"{day:%Y%m}", DAY + f"{day:%Y}"}


def of_kind(kind: str, texts: Iterable[str]) -> set[str]:
    """Values that are found whole, or by their beginning."""
    return {kind + one for text in texts if (one := plain(text))}


def both_ways(words: Iterable[str], n: int) -> list[str]:
    """The words as they stand in the index, for the order with serial `n`."""
    mine = sorted(set(words))
    return [*mine, *(in_block(word, n // BLOCK) for word in mine)]


def in_block(word: str, block: int | None) -> str:
    """A word as a block has it; None: as all have it."""
    return word if block is None else f"#{block}:{word}"


#: Alternatives, each of words that must all be there; True: an order's word may go on.
Term = list[list[tuple[str, bool]]]


@dataclass(frozen=True, slots=True)
class Unknown:
    """What was typed and means nothing, and what it may be."""

    text: str
    may_be: tuple[str, ...] = ()


@dataclass(slots=True)
class Typed:
    """What somebody looks for. `terms`: all must be there, each one of several alternatives (all words of it; True: by its beginning).
    States: None for any. `sites`, `holds`: any of them."""

    terms: list[Term] = field(default_factory=list)
    states: set[SaleState] | None = None
    sites: set[str] = field(default_factory=set)
    not_sites: set[str] = field(default_factory=set)
    holds: set[str] = field(default_factory=set)
    held: bool | None = None
    late: bool | None = None
    words: list[str] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    #: Placed from the first day to before the second (UTC), where that was said; the last of `terms` says the same.
    days: tuple[date, date] | None = None

    @property
    def filtered(self) -> bool:
        """Whether there is more to it than words."""
        return bool(
            self.states is not None
            or self.sites
            or self.not_sites
            or self.holds
            or self.held is not None
            or self.late is not None
        )

    @property
    def of_the_desk(self) -> bool:
        """Only orders that are not over yet can be meant: there are never many of them."""
        over = self.states is None or self.states & _CLOSED
        return bool(self.held or self.holds or self.late or not over)

    def tsquery(self, blocks: Iterable[int | None]) -> str:
        """The words as PostgreSQL is asked for them: in any of these blocks (None: in all orders)."""
        return " | ".join(f"({self._in(block)})" for block in blocks)

    def cores(self) -> list[Term]:
        """The terms but for the days, each alternative by its longest word alone: what has all words has these."""
        said = self.terms if self.days is None else self.terms[:-1]
        return [[[max(one, key=lambda word: len(word[0]))] for one in term] for term in said]

    def _in(self, block: int | None) -> str:
        return as_tsquery(self.terms, block)


def as_tsquery(terms: Iterable[Term], block: int | None) -> str:
    """Terms as PostgreSQL is asked for them, in one block or (None) in all orders."""
    return " & ".join(
        "(" + " | ".join("(" + " & ".join(_lexeme(w, begins, block) for w, begins in one) + ")" for one in term) + ")"
        for term in terms
    )


def _lexeme(word: str, begins: bool, block: int | None) -> str:
    # `plain` has left nothing in it that could end the quotes.
    return f"'{in_block(word, block)}'" + (":*" if begins else "")


def read(text: str, today: date) -> Typed:
    """What was typed. Filters are `name:value` or one of `late`, `held`, `open`; `today` ends what has no end."""
    typed = Typed()
    since: date | None = None
    until: date | None = None
    for chunk in text.split()[:MOST_TYPED]:
        name, colon, value = chunk.partition(":")
        no = name.startswith("-")
        key = name.lower().lstrip("-")
        if not colon:
            if key in _FLAGS:
                _FLAGS[key](typed, not no)
            else:
                _free(typed, chunk)
        elif key in ("after", "since", "before", "day"):
            day = _day(value)
            if day is None:
                typed.unknown.append(Unknown(chunk, (f"{key}:{today}",)))
            else:
                since = day if key in ("after", "since", "day") else since
                until = day + timedelta(days=1) if key == "day" else day if key == "before" else until
        elif not _filter(typed, key, value, no):
            typed.unknown.append(_what_else(chunk, key))
    if since is not None or until is not None:
        typed.days = (since or _EARLIEST, until or today + timedelta(days=2))
        typed.terms.append([[(DAY + word, False)] for word in _days(*typed.days)])
    return typed


def _free(typed: Typed, chunk: str) -> None:
    whole = plain(chunk)
    parts = _PARTS.findall(whole)
    if not parts:
        return
    if re.fullmatch(r"\+\d{6,}", whole):
        whole = whole[1:]
    alternatives = [[(kind + whole, True)] for kind in FREE]
    if parts != [whole]:
        alternatives.append([(PERSON + part, True) for part in parts])
    typed.terms.append(alternatives)
    typed.words.append(chunk)


def _filter(typed: Typed, key: str, value: str, no: bool) -> bool:
    """Takes a filter over; False when there is no such thing."""
    word = plain(value)
    if key == "state":
        return _state(typed, value.lower(), no)
    if key == "site" and word:
        (typed.not_sites if no else typed.sites).add(value[:MOST_CHARS])
        return True
    if key == "hold" and word:
        typed.holds.add(value[:MOST_CHARS])
        return True
    kind = {
        "channel": CHANNEL,
        "sku": SKU,
        "country": COUNTRY,
        "flag": FLAG,
        "tracking": TRACKING,
        "number": NUMBER,
    }.get(key)
    if kind is None or not word or no:
        return False
    typed.terms.append([[(kind + word, kind in (SKU, TRACKING, NUMBER))]])
    return True


def _state(typed: Typed, value: str, no: bool) -> bool:
    # A state may be typed by its beginning, as long as it is only one's.
    meant = [state for state in SaleState if state.value == value] or [
        s for s in SaleState if s.value.startswith(value)
    ]
    if len(meant) != 1:
        return False
    if no:
        typed.states = (set(SaleState) if typed.states is None else typed.states) - {meant[0]}
    else:
        typed.states = (typed.states if typed.states is not None and len(typed.states) < len(SaleState) else set()) | {
            meant[0]
        }
    return True


def _held(typed: Typed, yes: bool) -> None:
    typed.held = yes


def _late(typed: Typed, yes: bool) -> None:
    typed.late = yes


def _open(typed: Typed, yes: bool) -> None:
    typed.states = set(OPEN_STATES if yes else _CLOSED)


_FLAGS: Final = {"held": _held, "late": _late, "open": _open}
_KEYS: Final = (
    "after",
    "before",
    "channel",
    "country",
    "day",
    "flag",
    "hold",
    "number",
    "site",
    "sku",
    "state",
    "tracking",
)


def _what_else(chunk: str, key: str) -> Unknown:
    if key == "state":
        return Unknown(chunk, tuple(f"state:{state.value}" for state in SaleState))
    return Unknown(chunk, () if key in _KEYS else tuple(f"{one}:" for one in _KEYS))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _EARLIEST else None


def _days(since: date, until: date) -> Iterator[str]:
    """Every day from `since` to before `until`, as few words: whole years and months where they fit."""
    day, found = since, 0
    while day < until:
        year, month = date(day.year + 1, 1, 1), (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        if day.day == day.month == 1 and year <= until:
            word, day = f"{day:%Y}", year
        elif day.day == 1 and month <= until:
            word, day = f"{day:%Y%m}", month
        else:
            word, day = f"{day:%Y%m%d}", day + timedelta(days=1)
        found += 1
        yield word
    if not found:
        # Nothing lies between: no order has this word.
        yield "none"


def day_of(moment: datetime) -> date:
    """The day (UTC) by which an order is found."""
    return moment.astimezone(UTC).date()
