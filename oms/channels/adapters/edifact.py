"""EDIFACT ORDERS (D.96A, D.01B) as trading partners send it. Characters are taken apart by `pydifact`; what a segment means is read here.

Each message of an interchange is an order. A message without its end (UNT), or with another number of segments than its end says, is not
taken: half an order is worse than none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from pydifact.control.characters import Characters
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer

from oms.channels.adapters.values import Read, joined
from oms.imports import text
from oms.imports.report import BadLine, Line
from oms.sales.drafts import Address, HoldCode, SaleDraft, SaleDraftLine, Trouble

Element = str | list[str]
_ENCODINGS: Final = {"UNOA": "latin-1", "UNOB": "latin-1", "UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
                     "UNOF": "iso8859-7", "UNOW": "utf-8", "UNOY": "utf-8"}  # fmt: skip
_SYNTAX = re.compile(rb"UNB.(UNO[A-Z])")
_NUMBER = re.compile(r"-?[0-9]{1,13}([.,][0-9]{0,6})?")
_MOST = 200_000
_CUT: Final = "cut_off"
_PATTERNS: Final = {"102": "%Y%m%d", "203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S", "101": "%y%m%d"}
_WANTED: Final = ("2", "64", "69", "10", "63")


@dataclass(slots=True)
class _Message:
    """The segments between UNH and UNT, and the number of its first in the interchange."""

    at: int
    ref: str
    kind: str
    segments: list[list[Element]] = field(default_factory=list)


def read(body: bytes, channel: str) -> Read:
    """Every message of the interchange. Lines of the report count segments, from 1."""
    bad: list[Line] = []
    drafts: list[SaleDraft] = []
    for message in _messages(_decoded(body), bad):
        if message.kind != "ORDERS":
            bad.append(BadLine("other_message", kind=message.kind[:20]).line(message.at, message.ref))
            continue
        try:
            drafts.append(_order(message, channel))
        except BadLine as error:
            bad.append(error.line(message.at, message.ref))
    if not drafts and not bad:
        bad.append(BadLine("no_message").line(1))
    return Read(drafts, bad)


def _decoded(body: bytes) -> str:
    """By the syntax identifier of UNB; a file that says none, or says it wrongly, as any other file."""
    found = _SYNTAX.search(body[:200])
    encoding = _ENCODINGS.get(found[1].decode()) if found else None
    try:
        plain = body.decode(encoding) if encoding and not body.startswith(b"\xef\xbb\xbf") else text.decode(body)
    except UnicodeDecodeError:
        plain = text.decode(body)
    return plain.lstrip("\ufeff \r\n\t")


def _segments(plain: str) -> Iterator[list[Element]]:
    """Segments as lists, the tag first. Ends with `BadLine` where the text cannot be taken apart any further."""
    characters = Characters()  # type: ignore[no-untyped-call]
    if plain.startswith("UNA") and len(plain) >= 9:
        if len(set(plain[3:6] + plain[6:7] + plain[8:9])) < 5:
            raise BadLine("bad_characters", value=plain[3:9])
        characters = Characters.from_str(plain[:9])
        plain = plain[9:].lstrip("\r\n ")
    if len(plain) > 64 * 1024 * 1024:
        raise BadLine("too_long", limit=_MOST)
    raw = Parser().convert_tokens_to_raw_segments(Tokenizer().get_tokens(plain, characters))
    try:
        for number, segment in enumerate(raw):
            if number >= _MOST:
                raise BadLine("too_long", limit=_MOST)
            yield list(segment)
    except EDISyntaxError:
        raise BadLine(_CUT) from None


@dataclass(slots=True)
class _Envelope:
    """What stands around messages: how many there are since UNB, and whether UNZ said as many."""

    bad: list[Line]
    open_: bool = False
    messages: int = 0
    groups: int = 0

    def take(self, tag: str, segment: Sequence[Element], number: int) -> None:
        """One segment outside of messages."""
        if tag == "UNB":
            if self.open_:
                self.end(number)
            self.open_, self.messages, self.groups = True, 0, 0
        elif tag == "UNG":
            self.groups += 1
        elif tag == "UNZ":
            self.open_ = False
            if _at(segment, 1).lstrip("0") != str(self.groups or self.messages):
                self.bad.append(BadLine("messages_missing", said=_at(segment, 1)[:20]).line(number))
        elif tag not in ("UNE", "UNA"):
            self.bad.append(BadLine("outside_message", tag=tag[:10]).line(number))

    def end(self, number: int) -> None:
        """The file is over: whole messages may be missing where nobody said how many there are."""
        if self.open_:
            self.bad.append(BadLine(_CUT).line(number))
            self.open_ = False


def _messages(plain: str, bad: list[Line]) -> Iterator[_Message]:
    around = _Envelope(bad)
    open_: _Message | None = None
    number = 0
    try:
        for number, segment in enumerate(_segments(plain), 1):
            tag = _at(segment, 0)
            if tag == "UNH":
                if open_ is not None:
                    bad.append(BadLine(_CUT).line(open_.at, open_.ref))
                open_ = _Message(number, _at(segment, 1)[:64], _at(segment, 2))
                around.messages += 1
            elif open_ is None:
                around.take(tag, segment, number)
            elif tag == "UNT":
                if _ends(open_, segment, number):
                    yield open_
                else:
                    bad.append(BadLine("segments_missing", said=_at(segment, 1)[:20]).line(open_.at, open_.ref))
                open_ = None
            else:
                open_.segments.append(segment)
    except BadLine as error:
        bad.append(error.line(number + 1))
        around.open_ = False
    if open_ is not None:
        bad.append(BadLine(_CUT).line(open_.at, open_.ref))
    else:
        around.end(number + 1)


def _ends(message: _Message, segment: Sequence[Element], number: int) -> bool:
    """Whether UNT ends just this message, and nothing of it is missing."""
    return _at(segment, 1) == str(number - message.at + 1) and _at(segment, 2)[:64] == message.ref


def _at(segment: Sequence[Element], element: int, component: int = 0) -> str:
    """A component of an element, '' where it is not sent. Without control characters."""
    if element >= len(segment):
        return ""
    one = segment[element]
    listed = one if isinstance(one, list) else [one]
    raw = listed[component] if component < len(listed) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in raw).split())[:500]


class _Reader:
    """What the segments of one message say."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []
        self.reference = self.note = self.currency = self.function = ""
        self.placed: datetime | None = None
        self.wanted: date | None = None
        self.parties: dict[str, tuple[str, Address]] = {}
        self.contact = {"TE": "", "EM": ""}
        self.lines: list[SaleDraftLine] = []
        self.said_lines: str = ""
        self._rate: Decimal | None = None
        self._over = False
        self._takers = {
            "BGM": self._bgm, "DTM": self._dtm, "FTX": self._ftx, "NAD": self._nad, "COM": self._com, "CUX": self._cux,
            "LIN": self._lin, "PIA": self._pia, "IMD": self._imd, "QTY": self._qty, "PRI": self._pri, "TAX": self._tax,
            "UNS": self._uns, "CNT": self._cnt,
        }  # fmt: skip

    def take(self, segment: Sequence[Element]) -> None:
        """Reads one segment; those nobody asked for are passed over."""
        take = self._takers.get(_at(segment, 0))
        if take is not None:
            take(segment)

    def _bgm(self, segment: Sequence[Element]) -> None:
        self.reference, self.function = _at(segment, 2)[:100], _at(segment, 3)

    def _dtm(self, segment: Sequence[Element]) -> None:
        which, value, pattern = (_at(segment, 1, n) for n in range(3))
        if which != "137" and which not in _WANTED:
            return
        try:
            found = datetime.strptime(value, _PATTERNS.get(pattern or "102", "%Y%m%d")).replace(tzinfo=UTC)
        except ValueError:
            self._bad("DTM", value)
            return
        if which == "137":
            self.placed = found
        elif not self.lines:
            self.wanted = found.date()

    def _ftx(self, segment: Sequence[Element]) -> None:
        if not self.lines:
            self.note = joined(self.note, *(_at(segment, 4, n) for n in range(5)))

    def _nad(self, segment: Sequence[Element]) -> None:
        name = joined(*(_at(segment, 4, n) for n in range(5))) or _at(segment, 3, 0)
        street = joined(*(_at(segment, 5, n) for n in range(4)), by=", ")
        address = Address(name, street, _at(segment, 8), _at(segment, 6), _at(segment, 7), _at(segment, 9))
        self.parties.setdefault(_at(segment, 1), (_at(segment, 2)[:100], address))

    def _com(self, segment: Sequence[Element]) -> None:
        kind = _at(segment, 1, 1)
        if kind in self.contact and not self.contact[kind]:
            self.contact[kind] = _at(segment, 1, 0)

    def _cux(self, segment: Sequence[Element]) -> None:
        self.currency = self.currency or _at(segment, 1, 1).upper()

    def _lin(self, segment: Sequence[Element]) -> None:
        self.lines.append(SaleDraftLine(foreign_sku=_at(segment, 3)[:100], qty=None, tax_rate=self._rate))

    def _pia(self, segment: Sequence[Element]) -> None:
        """Our own article number (SA) says more than a GTIN; what is only the buyer's (IN, BP) is used where nothing else is."""
        if not self.lines:
            return
        for element in range(2, len(segment)):
            code, kind = _at(segment, element, 0)[:100], _at(segment, element, 1)
            if kind == "SA" and code:
                self._set(sku=code)
            elif code and not self.lines[-1].foreign_sku:
                self._set(foreign_sku=code)

    def _imd(self, segment: Sequence[Element]) -> None:
        self._set(name=joined(self.lines[-1].name if self.lines else "", _at(segment, 3, 3)))

    def _qty(self, segment: Sequence[Element]) -> None:
        if _at(segment, 1, 0) != "21" or not self.lines:
            return
        found = self._number(_at(segment, 1, 1), "QTY")
        whole = found is not None and found == found.to_integral_value()
        if found is not None and not whole:
            self._bad("QTY", str(found))
        self._set(qty=int(found) if found is not None and whole else None)

    def _pri(self, segment: Sequence[Element]) -> None:
        """A net price (AAA) goes before a gross one (AAB); it may be of many units."""
        if not self.lines or (_at(segment, 1, 0) == "AAB" and self.lines[-1].price is not None):
            return
        price = self._number(_at(segment, 1, 1), "PRI")
        basis = self._number(_at(segment, 1, 4), "PRI") if _at(segment, 1, 4) else Decimal(1)
        if price is None or not basis:
            return
        each = price / basis
        if each != each.quantize(Decimal("0.0001")):
            self._bad("PRI", f"{price}/{basis}")
        self._set(price=each.quantize(Decimal("0.0001")))

    def _tax(self, segment: Sequence[Element]) -> None:
        """VAT of a line, or of all lines where it stands before the first."""
        if self._over or _at(segment, 1) != "7" or not _at(segment, 5, 3):
            return
        percent = self._number(_at(segment, 5, 3), "TAX")
        rate = None if percent is None else percent / 100
        if self.lines:
            self._set(tax_rate=rate)
        else:
            self._rate = rate

    def _uns(self, segment: Sequence[Element]) -> None:
        self._over = True

    def _cnt(self, segment: Sequence[Element]) -> None:
        if _at(segment, 1, 0) == "2":
            self.said_lines = _at(segment, 1, 1)

    def _set(self, **values: object) -> None:
        if self.lines:
            self.lines[-1] = replace(self.lines[-1], **values)  # type: ignore[arg-type]

    def _number(self, plain: str, tag: str) -> Decimal | None:
        """Whatever mark UNA names: both are met, and neither is ever a thousand's."""
        if _NUMBER.fullmatch(plain):
            try:
                return Decimal(plain.replace(",", ".").rstrip("."))
            except InvalidOperation:
                pass
        self._bad(tag, plain)
        return None

    def _bad(self, tag: str, value: str) -> None:
        line = len(self.lines) or None
        self.troubles.append(Trouble(HoldCode.BAD_VALUE, line, {"column": tag, "value": value[:60]}))


def _order(message: _Message, channel: str) -> SaleDraft:
    reader = _Reader()
    for segment in message.segments:
        reader.take(segment)
    if not reader.reference:
        raise BadLine("missing", column="BGM")
    said = reader.said_lines.rstrip(".,0") if "." in reader.said_lines else reader.said_lines
    if said and said != str(len(reader.lines)):
        reader.troubles.append(Trouble(HoldCode.BAD_VALUE, None, {"column": "CNT", "value": said[:20]}))
    if reader.function in ("4", "5"):
        # A change or a replacement of an order: it differs from what is there, and a person decides.
        reader.troubles.append(Trouble(HoldCode.DIFFERS, None, {"reference": reader.reference[:60]}))
    buyer, bought = reader.parties.get("BY", ("", Address()))
    _, delivered = reader.parties.get("DP", ("", Address()))
    _, invoiced = reader.parties.get("IV", ("", Address()))
    return SaleDraft(
        channel=channel, reference=reader.reference, customer_number=buyer, customer_name=bought.name,
        email=reader.contact["EM"], phone=reader.contact["TE"], ship=delivered or bought, bill=invoiced or bought,
        lines=tuple(reader.lines), currency=reader.currency, tax_included=False, note=reader.note, wanted=reader.wanted,
        placed_at=reader.placed, cancelled=reader.function == "1", troubles=tuple(reader.troubles),
        at=message.at,
    )  # fmt: skip
