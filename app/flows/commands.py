"""Barcodes that press a button: a card at the bench or on the wrist for whoever wears gloves."""

from enum import StrEnum

PREFIX = "FH:"


class Command(StrEnum):
    """The buttons that have a barcode. `SHORT` may carry its reason: `FH:SHORT:NOT_FOUND`."""

    SHORT = "SHORT"
    SKIP = "SKIP"
    UNDO = "UNDO"
    OK = "OK"
    BACK = "BACK"
    CHECKED = "CHECKED"


def read(text: str) -> tuple[Command, str] | None:
    """The command of a barcode and its argument in lower case (empty if none), or None when it is no command."""
    if not text.upper().startswith(PREFIX):
        return None
    word, _, argument = text[len(PREFIX) :].strip().partition(":")
    try:
        return Command(word.upper()), argument.strip().lower()
    except ValueError:
        return None


class PickCommand(StrEnum):
    """Buttons that only picking has. `QTY` carries its number (`FH:QTY:7`), `FULL` may say how many still fit."""

    QTY = "QTY"
    FULL = "FULL"
    WALK = "WALK"
    PUT = "PUT"
    LATER = "LATER"
    UNLOAD = "UNLOAD"
    CALL = "CALL"
    OTHER = "OTHER"
    OUT = "OUT"
    YES = "YES"
    NO = "NO"


def read_pick(text: str) -> tuple[PickCommand, str] | None:
    """The same for the commands of picking."""
    if not text.upper().startswith(PREFIX):
        return None
    word, _, argument = text[len(PREFIX) :].strip().partition(":")
    try:
        return PickCommand(word.upper()), argument.strip().lower()
    except ValueError:
        return None


class PackCommand(StrEnum):
    """Buttons that only a bench has. `FETCH`, `ASIDE`, `REOPEN` and `PHOTO` may carry their reason: `FH:ASIDE:QUESTION`."""

    FETCH = "FETCH"
    OTHER = "OTHER"
    ASIDE = "ASIDE"
    REOPEN = "REOPEN"
    PAPERS = "PAPERS"
    FULL = "FULL"
    JOIN = "JOIN"
    PART = "PART"
    PHOTO = "PHOTO"


def read_pack(text: str) -> tuple[PackCommand, str] | None:
    """The same for the commands of packing."""
    if not text.upper().startswith(PREFIX):
        return None
    word, _, argument = text[len(PREFIX) :].strip().partition(":")
    try:
        return PackCommand(word.upper()), argument.strip().lower()
    except ValueError:
        return None
