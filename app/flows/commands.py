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


def read(text: str) -> tuple[Command, str] | None:
    """The command of a barcode and its argument in lower case (empty if none), or None when it is no command."""
    if not text.upper().startswith(PREFIX):
        return None
    word, _, argument = text[len(PREFIX) :].strip().partition(":")
    try:
        return Command(word.upper()), argument.strip().lower()
    except ValueError:
        return None
