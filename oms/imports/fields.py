"""From one text (or JSON value) of a file to one value of ours. Each raises `BadLine` naming the column; none ever guesses."""

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from oms.imports.report import BadLine
from oms.shipping.rules import check_digit

W = TypeVar("W", bound=StrEnum)
MAX_TEXT = 500
MAX_KEY = 64
#: Far above any warehouse, far below what a column holds.
MAX_WHOLE = 1_000_000_000
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_MONEY = re.compile(r"-?[0-9]{1,10}([.,][0-9]{1,4})?")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_GTIN_LENGTHS = (8, 12, 13, 14)
_YES = frozenset({"1", "true", "yes", "y", "x"})
_NO = frozenset({"", "0", "false", "no", "n"})


def text(values: dict[str, Any], name: str, limit: int = MAX_TEXT) -> str:
    """Free text without blanks around it; '' when absent. Line ends become blanks, other control characters are refused."""
    raw = values.get(name)
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise BadLine("bad_text", column=name)
    plain = unicodedata.normalize("NFC", " ".join(re.split(r"[\r\n\t]+", str(raw)))).strip()
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in plain):
        raise BadLine("control_characters", column=name)
    if len(plain) > limit:
        raise BadLine("too_long", column=name, limit=limit)
    return plain


def key(values: dict[str, Any], name: str) -> str:
    """A code people scan and programs compare: not empty, and nothing a spreadsheet would run as a formula."""
    plain = text(values, name, MAX_KEY)
    if not plain:
        raise BadLine("missing", column=name)
    if plain[0] in "=+-@":
        raise BadLine("bad_key", column=name, value=plain)
    return plain


def whole(values: dict[str, Any], name: str, least: int = 0, most: int = MAX_WHOLE) -> int | None:
    """A whole number from `least` to `most`; None when absent or empty. `1.5`, `1e9` and `1,000` are none."""
    plain = text(values, name)
    if not plain:
        return None
    if not _WHOLE.fullmatch(plain) or not least <= int(plain) <= most:
        raise BadLine("bad_number", column=name, value=plain[:MAX_KEY])
    return int(plain)


def flag(values: dict[str, Any], name: str) -> bool:
    """Yes or no in the spellings files use; no when absent."""
    raw = values.get(name)
    if isinstance(raw, bool):
        return raw
    plain = text(values, name).lower()
    if plain in _YES or plain in _NO:
        return plain in _YES
    raise BadLine("bad_flag", column=name, value=plain[:MAX_KEY])


def money(values: dict[str, Any], name: str) -> Decimal | None:
    """An exact amount with at most 4 decimals, point or comma; None when absent or empty."""
    plain = text(values, name)
    if not plain:
        return None
    if not _MONEY.fullmatch(plain):
        raise BadLine("bad_amount", column=name, value=plain[:MAX_KEY])
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise BadLine("bad_amount", column=name, value=plain[:MAX_KEY]) from None


def moment(values: dict[str, Any], name: str) -> datetime | None:
    """An ISO 8601 date and time; without a zone it is UTC. None when absent or empty."""
    plain = text(values, name)
    if not plain:
        return None
    try:
        found = datetime.fromisoformat(plain)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine("bad_time", column=name, value=plain[:MAX_KEY]) from None


def day(values: dict[str, Any], name: str) -> date | None:
    """An ISO 8601 date; None when absent or empty."""
    plain = text(values, name)
    if not plain:
        return None
    try:
        return date.fromisoformat(plain)
    except ValueError:
        raise BadLine("bad_date", column=name, value=plain[:MAX_KEY]) from None


def colour(values: dict[str, Any], name: str) -> str:
    """`#rrggbb` in lower case, or ''."""
    plain = text(values, name)
    if plain and not _COLOUR.fullmatch(plain):
        raise BadLine("bad_colour", column=name, value=plain[:MAX_KEY])
    return plain.lower()


def barcode(values: dict[str, Any], name: str) -> str | None:
    """GTIN-14 of a GTIN-8, -12, -13 or -14 whose check digit is right; any other code as printed; None when absent or empty."""
    plain = text(values, name, MAX_KEY)
    if not plain:
        return None
    code = key(values, name)
    if not (code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS):
        return code
    if check_digit(code[:-1]) != int(code[-1]):
        raise BadLine("bad_check_digit", column=name, value=code)
    return code.zfill(14)


def sides(values: dict[str, Any], name: str) -> tuple[int, int, int]:
    """Length, width, height in millimetres, each at least 1: a JSON list called `name`, or `<name>` replaced by three columns
    (`inner_mm` -> `inner_length_mm`, `inner_width_mm`, `inner_height_mm`)."""
    listed = values.get(name)
    if listed is None:
        stem = name.removesuffix("mm")
        listed = [values.get(f"{stem}{side}_mm") for side in ("length", "width", "height")]
    if not isinstance(listed, list) or len(listed) != 3:
        raise BadLine("bad_size", column=name)
    three = [whole({name: one}, name, least=1) for one in listed]
    if None in three:
        raise BadLine("missing", column=name)
    return three[0] or 0, three[1] or 0, three[2] or 0


def word(values: dict[str, Any], name: str, words: type[W]) -> W | None:
    """One of a closed set of words; None where the column is empty. BadLine `bad_word`."""
    plain = text(values, name)
    if not plain:
        return None
    try:
        return words(plain.lower())
    except ValueError:
        raise BadLine("bad_word", column=name, value=plain[:MAX_KEY]) from None


def keys(values: dict[str, Any], name: str) -> list[str]:
    """Keys of other rows, `A|B` or a JSON list, in their order and each once. BadLine `bad_key` or `bad_text`."""
    raw = values.get(name)
    listed = raw if isinstance(raw, list) else [one for one in text(values, name).split("|") if one.strip()]
    return list(dict.fromkeys(key({name: one}, name) for one in listed))
