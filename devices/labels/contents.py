"""What may stand in each bar code, checked before anything is drawn: a wrong number costs more than no label. Used by `layout`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from devices.codecs import gtin
from devices.codecs.gs1 import parse
from devices.codecs.gs1.digital_link import link_for
from devices.codecs.gs1.elements import build
from devices.codecs.symbols import code39, code128, datamatrix, qr, retail
from devices.codecs.symbols.shape import Bars, Field
from devices.labels.model import Barcode, Symbology

# GS1 General Specifications 5.4.2: at most 48 data characters in one GS1-128, the separators counted.
_MOST_IN_GS1_128 = 48
# More than the largest QR code holds.
_MOST_CHARACTERS = 4_000
_STEM = re.compile(r"https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True)
class Encoded:
    """A bar code's content as it will be read (`data`, GS between GS1 elements), as modules, and as a person reads it."""

    data: str
    symbol: Bars | Field
    readable: str


def encode(code: Barcode) -> Encoded:
    """Raises ValueError in words for content that this symbology cannot hold or that breaks the rules of GS1."""
    length = len(code.content) + sum(len(name) + len(value) for name, value in code.elements)
    if length > _MOST_CHARACTERS:
        raise ValueError(f"{length} characters are too many for any bar code")
    return _ENCODERS[code.kind](code)


def _checked_message(code: Barcode) -> str:
    """The message, if a reader gets exactly these elements out of it again."""
    message = build(code.elements)
    read = parse(message, "]C1")
    if read.error or read.separator_lost or read.elements != code.elements:
        raise ValueError(
            f"{_bracketed(code.elements)!r} is not GS1: {read.error or 'it would be read as something else'}"
        )
    return message


def _bracketed(elements: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"({identifier}) {value}" for identifier, value in elements)


def _code_128(code: Barcode) -> Encoded:
    return Encoded(code.content, code128.bars(code128.text_characters(code.content)), code.content)


def _gs1_128(code: Barcode) -> Encoded:
    message = _checked_message(code)
    if len(message) > _MOST_IN_GS1_128:
        raise ValueError(f"{len(message)} characters are too many for a GS1-128, which holds {_MOST_IN_GS1_128}")
    return Encoded(message, code128.bars(code128.gs1_characters(message)), _bracketed(code.elements))


def _item_number(digits: int, draw: Callable[[str], Bars], name: str) -> Callable[[Barcode], Encoded]:
    """An encoder for trade item numbers of so many digits; longer ones with zeros in front are the same number."""

    def encoder(code: Barcode) -> Encoded:
        number = code.content
        if not gtin.is_digits(number) or not digits <= len(number) <= 14:
            raise ValueError(f"{number!r} is no number for an {name}, which takes {digits} digits")
        if number[:-digits].strip("0"):
            raise ValueError(f"{number} does not fit into an {name}: only zeros may stand before its {digits} digits")
        number = number[-digits:]
        if not gtin.has_valid_check_digit(number):
            raise ValueError(f"{number} has a wrong check digit")
        # A reader gives a UPC-A as the EAN-13 with a zero in front that it is.
        data = number.zfill(13) if digits == 12 else number
        return Encoded(data, draw(data), _grouped(number))

    return encoder


def _grouped(number: str) -> str:
    """As it stands below the bars: 9 501101 530003, 0 36000 29145 2, 9638 5074; a GTIN-14 in one."""
    cuts = {13: (0, 1, 7, 13), 12: (0, 1, 6, 11, 12), 8: (0, 4, 8)}.get(len(number), (0, len(number)))
    return " ".join(number[start:end] for start, end in pairwise(cuts))


def _code_39(code: Barcode) -> Encoded:
    return Encoded(code.content, code39.bars(code.content), code.content)


def _data_matrix(code: Barcode) -> Encoded:
    return Encoded(code.content, datamatrix.field(code.content), code.content)


def _gs1_data_matrix(code: Barcode) -> Encoded:
    message = _checked_message(code)
    return Encoded(message, datamatrix.field(message, gs1=True), _bracketed(code.elements))


def _qr(code: Barcode) -> Encoded:
    if any(ord(char) < 0x20 or 0xD800 <= ord(char) < 0xE000 for char in code.content):
        raise ValueError(f"{code.content!r} holds control characters, which no QR code here may")
    return Encoded(code.content, qr.field(code.content), code.content)


def _gs1_link(code: Barcode) -> Encoded:
    if not _STEM.fullmatch(code.link):
        raise ValueError(f"{code.link!r} is no address for a GS1 Digital Link to begin with")
    _checked_message(code)
    address = link_for(code.elements, code.link)
    read = parse(address)
    if read.error or sorted(read.elements) != sorted(code.elements):
        raise ValueError(f"{address!r} is no GS1 Digital Link: {read.error or 'it would be read as something else'}")
    return Encoded(address, qr.field(address), address)


_ENCODERS: dict[Symbology, Callable[[Barcode], Encoded]] = {
    Symbology.CODE_128: _code_128,
    Symbology.GS1_128: _gs1_128,
    Symbology.EAN_13: _item_number(13, retail.ean13, "EAN-13"),
    Symbology.EAN_8: _item_number(8, retail.ean8, "EAN-8"),
    Symbology.UPC_A: _item_number(12, retail.ean13, "UPC-A"),
    Symbology.ITF_14: _item_number(14, retail.itf, "ITF-14"),
    Symbology.CODE_39: _code_39,
    Symbology.DATA_MATRIX: _data_matrix,
    Symbology.GS1_DATA_MATRIX: _gs1_data_matrix,
    Symbology.QR: _qr,
    Symbology.GS1_LINK: _gs1_link,
}
