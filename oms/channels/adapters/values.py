"""Values as shops write them, read without guessing. What cannot be read is noted and replaced, so that the order is kept and held.

The traps: decimal commas, thousands, currency signs; what a spreadsheet made of long numbers and of leading zeros; clocks without a zone.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeVar

from oms.channels.rules import smallest_coin
from oms.imports.report import BadLine, Line
from oms.sales.drafts import ZERO, HoldCode, SaleDraft, Trouble
from oms.sales.sums import in_base_units

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
MAX_TEXT: Final = 500
MAX_KEY: Final = 100
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE)
_SIGNS = re.compile(r"^(?:[A-Z]{3}|[$€£¥])?\s*|\s*(?:[A-Z]{3}|[$€£¥])?$")
_AMOUNT = re.compile(r"-?[0-9]{1,13}([.,][0-9]{1,6})?")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:([.,'\u00a0\u202f ])[0-9]{3})(?:\1[0-9]{3})*([.,][0-9]{1,6})?")
_EXACT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,30})?")
_FOUR = Decimal("0.0001")
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}([.,]0{1,6})?")


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says: orders, and lines that no order could be made of."""

    drafts: list[SaleDraft]
    bad: list[Line]


class Values:
    """The named values of one object or row. What cannot be read goes to `troubles` (shared by all parts of an order) with the order's
    line it stands on."""

    def __init__(
        self, values: Mapping[str, Any], troubles: list[Trouble], line: int | None = None, *, program: bool = False
    ) -> None:
        """`program`: amounts were written by a program (a point, no thousands), not by a spreadsheet."""
        self._values = values
        self.troubles = troubles
        self._line = line
        self._program = program

    def has(self, *names: str) -> bool:
        """Whether one of the names has a value."""
        return self._first(names) not in (None, "")

    def text(self, *names: str, limit: int = MAX_TEXT) -> str:
        """Of the first of the names that has a value; '' when none has. One line, no control characters, cut to `limit`."""
        raw = self._first(names)
        if raw is None or isinstance(raw, bool | Mapping | list):
            return ""
        plain = unicodedata.normalize("NFC", str(raw)[: limit * 4])
        kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in plain)
        return " ".join(kept.split())[:limit].strip()

    def key(self, *names: str) -> str:
        """A code: as `text`, without the apostrophe that keeps a spreadsheet's hands off it. What one spoilt is noted."""
        plain = self.text(*names, limit=MAX_KEY).removeprefix("'")
        if _SCIENTIFIC.fullmatch(plain):
            self._bad(names[0], plain)
        return plain

    def amount(self, *names: str, currency: str = "") -> Decimal | None:
        """Exact money; None when absent or unreadable."""
        return self._read(names, lambda plain: _kept(exact(plain) if self._program else amount(plain, currency)))

    def money(self, *names: str, currency: str = "") -> Decimal:
        """As `amount`, 0 when absent."""
        return self.amount(*names, currency=currency) or ZERO

    def whole(self, *names: str) -> int | None:
        """A whole number, `2` or `2.0000`; None when absent or unreadable."""
        return self._read(names, _whole)

    def moment(self, *names: str) -> datetime | None:
        """A moment; without a zone it is UTC."""
        return self._read(names, moment)

    def day(self, *names: str) -> date | None:
        """A day."""
        return self._read(names, lambda plain: date.fromisoformat(plain[:10]))

    def yes(self, *names: str) -> bool:
        """Whether it says true, yes or 1."""
        raw = self._first(names)
        return raw is True or self.text(*names).lower() in ("true", "yes", "1", "y")

    def word(self, name: str, words: type[E]) -> E | None:
        """One of `words`, in any case; None when absent, and when it is none of them, which is noted."""
        plain = self.text(name).lower()
        try:
            return words(plain) if plain else None
        except ValueError:
            self._bad(name, plain[:60])
            return None

    def part(self, *names: str) -> "Values":
        """An object in it; empty when there is none."""
        raw = self._first(names)
        return Values(raw if isinstance(raw, Mapping) else {}, self.troubles, self._line, program=self._program)

    def parts(self, *names: str) -> list["Values"]:
        """The objects of a list in it; what is none in it is noted."""
        raw = self._first(names)
        if not isinstance(raw, list):
            if raw is not None:
                self._bad(names[0], str(type(raw).__name__))
            return []
        for one in raw:
            if not isinstance(one, Mapping):
                self._bad(names[0], str(one)[:60])
        mine = [one for one in raw if isinstance(one, Mapping)]
        return [Values(one, self.troubles, self._line, program=self._program) for one in mine]

    def words(self, *names: str) -> list[str]:
        """A list of texts, or one text."""
        raw = self._first(names)
        listed = raw if isinstance(raw, list) else [raw]
        return [one for one in (Values({"": each}, self.troubles).text("") for each in listed) if one]

    def at_line(self, line: int) -> "Values":
        """The same, as the order's line of that number."""
        return Values(self._values, self.troubles, line, program=self._program)

    def _first(self, names: Sequence[str]) -> Any:
        for name in names:
            found = self._values.get(name)
            if found not in (None, ""):
                return found
        return None

    def _read(self, names: Sequence[str], read: Callable[[str], T]) -> T | None:
        raw = self._first(names)
        if raw is None:
            return None
        plain = self.text(*names, limit=MAX_KEY)
        try:
            return read(plain)
        except (ValueError, InvalidOperation, OverflowError):
            self._bad(names[0], plain or str(type(raw).__name__))
            return None

    def _bad(self, column: str, value: str) -> None:
        self.troubles.append(Trouble(HoldCode.BAD_VALUE, self._line, {"column": column, "value": value[:60]}))


def amount(text: str, currency: str = "") -> Decimal:
    """`1,234.50`, `1.234,50`, `€ 12,5`. `1.234` may be a thousand or one: it is taken as one only in a currency of three decimals. Raises
    ValueError."""
    plain = _SIGNS.sub("", text.strip()).strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    simple = _AMOUNT.fullmatch(plain)
    if simple:
        decimals = len(simple[1]) - 1 if simple[1] else 0
        doubtful = (
            decimals == 3 and not plain.lstrip("-").startswith("0") and smallest_coin(currency) != Decimal("0.001")
        )
        if doubtful and len(plain.lstrip("-")) <= 7:
            raise ValueError(text)
        return Decimal(plain.replace(",", "."))
    grouped = _GROUPED.fullmatch(plain)
    if grouped is None or (grouped[2] and grouped[2][0] == grouped[1]):
        raise ValueError(text)
    whole = plain[: len(plain) - len(grouped[2] or "")]
    return Decimal("".join(c for c in whole if c.isdigit() or c == "-") + (grouped[2] or "").replace(",", "."))


def exact(text: str) -> Decimal:
    """An amount of a program: a point, no thousands, no exponent. Raises ValueError."""
    if not _EXACT.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def _kept(amount: Decimal) -> Decimal:
    """As a column keeps it: shops calculate with more decimals than anybody pays."""
    return amount.quantize(_FOUR, ROUND_HALF_UP)


def moment(text: str) -> datetime:
    """ISO 8601, also with a blank before the zone; or seconds since 1970. Raises ValueError."""
    plain = re.sub(r"\s+([+-][0-9]{2}:?[0-9]{2})$", r"\1", text.strip().removesuffix(" UTC"))
    found = datetime.fromisoformat(plain)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(text)
    return int(re.split("[.,]", text)[0])


def price_of(whole: Decimal | None, qty: int | None, discount: Decimal) -> tuple[Decimal | None, Decimal]:
    """(price of one, discount of the line) where a channel tells what all of a line cost; exact to the last digit."""
    if whole is None or not qty or qty < 0:
        return None, discount
    try:
        return in_base_units(whole, discount, 1, qty)
    except InvalidOperation:
        return None, discount


@dataclass(slots=True)
class Group:
    """Rows of one order, wherever they stand in the file; the first has its head."""

    key: str
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


def grouped(rows: Sequence[tuple[int, dict[str, Any]]], *names: str) -> tuple[list[Group], list[Line]]:
    """Rows by the order they name, in the order of their first row, and those that name none, or one a spreadsheet spoilt."""
    groups: dict[str, Group] = {}
    bad: list[Line] = []
    for number, values in rows:
        key = Values(values, []).text(*names, limit=MAX_KEY).removeprefix("'")
        if not key:
            bad.append(BadLine("missing", column=names[0]).line(number))
        elif _SCIENTIFIC.fullmatch(key):
            # Digits are lost: two orders may look like one now.
            bad.append(BadLine("spoilt_by_spreadsheet", column=names[0], value=key).line(number, key))
        else:
            groups.setdefault(key, Group(key)).rows.append((number, values))
    return list(groups.values()), bad


def joined(*texts: str, by: str = " ") -> str:
    """Those that are not empty."""
    return by.join(text for text in texts if text)
