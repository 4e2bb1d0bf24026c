"""The journal as a DATEV-Format file (EXTF, Buchungsstapel, header 700, format version 13): what German tax advisers load. Pure.

Windows-1252, lines end with CR LF, fields stand between semicolons, texts in quotation marks. Line 1 says whose bookings and of when,
line 2 names 125 columns, each further line moves one amount from an account to another: `S` debits `Konto` and credits `Gegenkonto`. DATEV
reads columns by their place. Tax is on accounts of its own, so no line has a tax key. A file stays within one business year: its days have
none.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from oms.finance.queries import Posted
from oms.finance.rules import amount_of

_PAIRS: Final = (
    ("Beleginfo - Art {}", "Beleginfo - Inhalt {}"),
    ("Zusatzinformation - Art {}", "Zusatzinformation - Inhalt {}"),
)


def _pairs(which: int, count: int) -> list[str]:
    return [name.format(n) for n in range(1, count + 1) for name in _PAIRS[which]]


#: Headings in the order in which DATEV reads them.
COLUMNS: Final = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
    "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto",
    "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre",
    "Beleglink", *_pairs(0, 8), "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge",
    "EU-Land u. UStID", "EU-Steuersatz", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung", *_pairs(1, 20), "Stück",
    "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp",
    "Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)",
    "Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz",
    "Leerfeld", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer",
    "Identifikationsnummer", "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt",
    "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit",
    "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position",
    "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
_TEXT_MOST: Final = 60
_DOCUMENT_MOST: Final = 36
_DOCUMENT: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789$&%*+-/")


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose bookings, and of when: `first` and `last` lie in the business year that begins on `year`."""

    name: str
    consultant: int
    client: int
    currency: str
    year: date
    first: date
    last: date
    made: datetime
    #: Digits of an account's number.
    digits: int = 4
    #: Whether the period is closed: the adviser's program then keeps it as it is.
    closed: bool = False


def extf(batch: Batch, rows: Iterable[Posted]) -> bytes:
    """The file. Lines of the journal come in order of their entries; amounts of 0 are no booking."""
    head = (
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", batch.made.strftime("%Y%m%d%H%M%S") + f"{batch.made.microsecond // 1000:03}",
        "", '"FH"', '"Floorhand"', '""', str(batch.consultant), str(batch.client), _day(batch.year), str(batch.digits),
        _day(batch.first), _day(batch.last), _text(batch.name, 30), '""', "1", "0", str(int(batch.closed)),
        _text(batch.currency, 3), "", '""', "", "", '""', "", "", '""', '""',
    )  # fmt: skip
    lines = [";".join(head), ";".join(COLUMNS)]
    for _, entry in groupby(rows, key=lambda one: one.number):
        lines.extend(_booking(batch, *pair) for pair in pairs(list(entry)))
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def pairs(entry: list[Posted]) -> Iterator[tuple[Posted, str, int]]:
    """(a line that debits, the account that is credited, how much), until the entry is used up: together they move what its lines say."""
    sums: dict[str, int] = {}
    first: dict[str, Posted] = {}
    for line in entry:
        sums[line.account] = sums.get(line.account, 0) + line.amount
        first.setdefault(line.account, line)
    credits = [(account, -amount) for account, amount in sums.items() if amount < 0]
    for account, debit in ((account, amount) for account, amount in sums.items() if amount > 0):
        left = debit
        while left:
            other, open_ = credits.pop(0)
            part = min(left, open_)
            yield first[account], other, part
            left -= part
            if open_ > part:
                credits.insert(0, (other, open_ - part))


def _booking(batch: Batch, line: Posted, credited: str, amount: int) -> str:
    fields = [""] * len(COLUMNS)
    fields[0] = f"{amount_of(amount, batch.currency):.2f}".replace(".", ",")
    fields[1], fields[2] = '"S"', _text(batch.currency, 3)
    fields[6], fields[7] = line.account, credited
    fields[9] = line.day.strftime("%d%m")
    fields[10] = _document(line)
    fields[13] = _text(f"{line.event} {line.text}".strip(), _TEXT_MOST)
    fields[COLUMNS.index("Festschreibung")] = str(int(batch.closed))
    return ";".join(fields)


def _document(line: Posted) -> str:
    kept = "".join(c for c in (line.text or line.source) if c in _DOCUMENT)[:_DOCUMENT_MOST]
    return f'"{kept or line.number}"'


def _text(text: str, most: int) -> str:
    """In quotation marks, with what Windows-1252 does not have in letters that it has."""
    flat = "".join(c if c.isprintable() else " " for c in text)
    return '"' + "".join(map(_letter, flat))[:most].replace('"', '""') + '"'


def _letter(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter)[:1]
    return next((form for form in (letter, plain) if form.encode("cp1252", "ignore")), "?")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")
