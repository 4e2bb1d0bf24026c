"""Identities a parcel gets before it is packed (SSCC, tracking number) and what a label's fate makes of it. Pure."""

from oms.transitions import Transitions
from sync.contract.codes import ParcelState

_S = ParcelState

PARCEL: Transitions[ParcelState] = {
    _S.PLANNED: frozenset({_S.LABEL_PENDING, _S.LABEL_PRINTED, _S.LABEL_UNSURE, _S.SHIPPED, _S.VOID}),
    _S.LABEL_PENDING: frozenset({_S.LABEL_PRINTED, _S.LABEL_UNSURE, _S.SHIPPED, _S.VOID}),
    _S.LABEL_UNSURE: frozenset({_S.LABEL_PENDING, _S.LABEL_PRINTED, _S.SHIPPED, _S.VOID}),
    _S.LABEL_PRINTED: frozenset({_S.LABEL_PENDING, _S.LABEL_UNSURE, _S.SHIPPED, _S.VOID}),
    _S.SHIPPED: frozenset(),
    # A station that had not heard of the cancel may have sent it away already.
    _S.VOID: frozenset({_S.SHIPPED}),
}

#: Beside them: what has left the bench, but not the house, is opened again under no label.
REOPENED: Transitions[ParcelState] = {
    now: frozenset({_S.VOID}) for now in (_S.LABEL_PENDING, _S.LABEL_UNSURE, _S.LABEL_PRINTED, _S.SHIPPED)
}

#: The rung of the confirmation ladder from which a label counts as printed: the printer consumed it.
PRINTED_LEVEL = 2

SSCC_LENGTH = 18


class RangeUsedUp(ValueError):
    """No number of this range is left. A new range must be set before anything more is released."""


def check_digit(digits: str) -> int:
    """GS1 General Specifications 7.9: weights 3, 1, 3 ... from the right, up to the next multiple of ten."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -weighted % 10


def sscc(extension: int, company_prefix: str, serial: int) -> str:
    """The 18 digit SSCC: extension digit, GS1 company prefix (4 to 12 digits), serial reference, check digit."""
    if not (company_prefix.isascii() and company_prefix.isdigit() and 4 <= len(company_prefix) <= 12):
        raise ValueError(f"not a GS1 company prefix: {company_prefix!r}")
    if not 0 <= extension <= 9:
        raise ValueError(f"not an extension digit: {extension}")
    body = f"{extension}{company_prefix}{_padded(serial, SSCC_LENGTH - 2 - len(company_prefix))}"
    return f"{body}{check_digit(body)}"


def sscc_valid(text: str) -> bool:
    """Whether `text` is 18 digits with the right check digit."""
    return len(text) == SSCC_LENGTH and text.isascii() and text.isdigit() and check_digit(text[:-1]) == int(text[-1])


def tracking(prefix: str, serial: int, digits: int) -> str:
    """A tracking number of the carrier's range: prefix, `digits` places of serial, check digit over the serial."""
    body = _padded(serial, digits)
    return f"{prefix}{body}{check_digit(body)}"


def _padded(serial: int, places: int) -> str:
    """`serial` with leading zeros, or `RangeUsedUp` when it does not fit."""
    text = f"{serial:0{places}d}"
    if serial < 0 or len(text) > places:
        raise RangeUsedUp(f"{serial} does not fit {places} digits")
    return text


def after_label(now: ParcelState, fate: str, level: int) -> ParcelState:
    """What a label's fate makes of its parcel. What has left or is void stays so; only evidence makes a label printed."""
    if now in (_S.SHIPPED, _S.VOID):
        return now
    match fate:
        case "verified":
            return _S.LABEL_PRINTED
        case "printed":
            return _S.LABEL_PRINTED if level >= PRINTED_LEVEL else _S.LABEL_UNSURE
        case "unsure":
            return _S.LABEL_UNSURE
        case "failed" | "reprint_asked":
            return _S.LABEL_PENDING
    raise ValueError(f"unknown label fate: {fate!r}")
