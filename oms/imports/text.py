"""From the bytes of a file to rows of named texts. Made for what shops and ERPs really send: any encoding, any separator, broken quotes.

A line that cannot be read is reported and the next one is read; nothing a line holds can hide the lines after it.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from oms.imports.report import BadLine, Line

MAX_LINE = 256 * 1024
#: Lines that one quoted value may span; a quote that is not closed by then was no quote.
_MAX_SPAN = 40
#: What the csv module says of a record that ends inside a quoted value.
_OPEN_QUOTE = "unexpected end of data"
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATORS = ",;\t|"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number (the first line is 1) and its values by column name."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What the sender says about a file that does not say it itself: names of the columns of a CSV file without a header (`-` = not
    used) and fixed values for every row."""

    columns: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()


def decode(body: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, else Windows-1252 (what is left undefined there: ISO 8859-1)."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return body.decode("cp1252")
    except UnicodeDecodeError:
        return body.decode("latin-1")


def csv_rows(text: str, shape: Shape) -> tuple[list[Row], list[Line]]:
    """Rows of a CSV file, and the lines that could not be read. Column names are lower case without blanks around them."""
    lines = _LINE_END.split(text)
    separator = _separator(lines)
    header = tuple(shape.columns)
    rows: list[Row] = []
    bad: list[Line] = []
    for number, fields in _records(lines, separator, bad):
        if not header:
            header = tuple(name.strip().lower() for name in fields)
        elif any(field.strip() for field in fields):
            try:
                rows.append(Row(number, _named(header, fields) | dict(shape.fixed)))
            except BadLine as error:
                bad.append(error.line(number))
    return rows, bad


def csv_head(text: str, shape: Shape) -> tuple[str, tuple[str, ...]]:
    """The separator of a CSV file, and the names of its columns as `csv_rows` reads them."""
    lines = _LINE_END.split(text)
    separator = _separator(lines)
    if shape.columns:
        return separator, tuple(shape.columns)
    first = next((fields for _, fields in _records(lines, separator, [])), [])
    return separator, tuple(name.strip().lower() for name in first)


def _records(lines: Sequence[str], separator: str, bad: list[Line]) -> Iterator[tuple[int, list[str]]]:
    """(line number, fields) of every record that can be read. A quoted value may hold line ends."""
    at = 0
    while at < len(lines):
        try:
            span, fields = _record(lines, at, separator)
            if fields:
                yield at + 1, fields
            at += span
        except BadLine as error:
            bad.append(error.line(at + 1))
            at += 1


def _record(lines: Sequence[str], at: int, separator: str) -> tuple[int, list[str]]:
    """(lines used, fields) of the record that starts at line index `at`."""
    joined = ""
    for span in range(1, min(_MAX_SPAN, len(lines) - at) + 1):
        joined = f"{joined}\n{lines[at + span - 1]}" if span > 1 else lines[at]
        if len(joined) > MAX_LINE:
            raise BadLine("line_too_long", limit=MAX_LINE)
        if "\0" in joined:
            raise BadLine("line_unreadable")
        if span > 1 and '"' not in lines[at + span - 1]:
            continue
        try:
            return span, next(csv.reader([joined], delimiter=separator, strict=True), [])
        except csv.Error as error:
            if str(error) != _OPEN_QUOTE:
                raise BadLine("line_unreadable") from None
    raise BadLine("quote_not_closed")


def _separator(lines: Sequence[str]) -> str:
    """The separator that the first line with text uses most."""
    first = next((line for line in lines if line.strip()), "")[:4096]
    return max(_SEPARATORS, key=first.count)


def _named(header: Sequence[str], fields: Sequence[str]) -> dict[str, str]:
    extra = [field for field in fields[len(header) :] if field.strip()]
    if extra:
        raise BadLine("too_many_columns", expected=len(header), found=len(fields))
    return {name: field for name, field in zip(header, fields, strict=False) if name not in ("", "-")}


def json_value(body: bytes) -> Any:
    """The value of a JSON file; raises `BadLine` when it is none. Numbers with a point stay texts, so that no money becomes a float."""
    try:
        return msgspec.json.Decoder(float_hook=str).decode(decode(body).encode())
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise BadLine("not_json", why=str(error)[:200]) from None


def json_rows(value: Any, name: str, shape: Shape) -> tuple[list[Row], list[Line]]:
    """Rows of a JSON list, or of the list called `name` in a JSON object. Lines count the elements from 1."""
    listed = value.get(name) if isinstance(value, dict) else value
    if not isinstance(listed, list):
        return [], [BadLine("no_list", name=name).line(1)]
    rows: list[Row] = []
    bad: list[Line] = []
    for number, element in enumerate(listed, start=1):
        if isinstance(element, dict):
            rows.append(Row(number, {str(key).strip().lower(): v for key, v in element.items()} | dict(shape.fixed)))
        else:
            bad.append(BadLine("not_an_object").line(number))
    return rows, bad
