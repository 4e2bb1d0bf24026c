"""The contents of North American coupons, AI (8110) and (8112), as content rules for `linters`.

A coupon is read from left to right: a digit says how long the next piece is (VLI), or which optional field follows.
"""

from __future__ import annotations

from collections.abc import Callable

from devices.codecs.gs1.dates import date_fault
from devices.codecs.gs1.faults import Fault

_PREFIX_SIZES = {digit: int(digit) + 6 for digit in "0123456"}
_SECOND_PREFIX_SIZES = _PREFIX_SIZES | {"9": 0}  # 9: no prefix, the primary one counts
_VALUE_SIZES = {digit: int(digit) for digit in "12345"}
_SERIAL_SIZES = {digit: int(digit) + 6 for digit in "0123456789"}
_RETAILER_SIZES = {digit: int(digit) + 6 for digit in "1234567"}
_day_exists = date_fault(2, day_may_be_zero=False)


class _Broken(Exception):
    """Carries the fault out of the reading."""

    def __init__(self, code: str, at: int, length: int) -> None:
        super().__init__(code)
        self.fault = Fault(code if code == "NON_DIGIT_CHARACTER" else f"COUPON_{code}", at, length)


class _Reader:
    """The text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        for at, char in enumerate(text):
            if char not in "0123456789":
                raise _Broken("NON_DIGIT_CHARACTER", at, 1)

    def fail_here(self, code: str, length: int | None = None) -> _Broken:
        """The fault at what comes next; all of the text when nothing comes any more."""
        rest = len(self.text) - self.at
        return _Broken(code, self.at, length or rest) if rest else _Broken(code, 0, len(self.text))

    def code(self, missing: str, invalid: str, allowed: str) -> str:
        """One digit out of `allowed`."""
        if self.at >= len(self.text):
            raise self.fail_here(missing)
        digit = self.text[self.at]
        if digit not in allowed:
            raise self.fail_here(invalid, 1)
        self.at += 1
        return digit

    def exactly(self, size: int, truncated: str) -> str:
        """The next `size` digits."""
        piece = self.text[self.at : self.at + size]
        if len(piece) < size:
            raise self.fail_here(truncated)
        self.at += size
        return piece

    def sized(self, name: str, sizes: dict[str, int], invalid: str) -> str:
        """A piece whose length the digit before it tells."""
        digit = self.code(f"MISSING_{name}_VLI", invalid, "".join(sizes))
        return self.exactly(sizes[digit], f"TRUNCATED_{name}")

    def field(self, digit: str) -> bool:
        """True, and read on, if the optional field `digit` comes next."""
        found = self.text[self.at : self.at + 1] == digit
        self.at += found
        return found

    def end(self) -> None:
        """There must be nothing left."""
        if self.at < len(self.text):
            raise self.fail_here("EXCESS_DATA")


def _reported(read: Callable[[_Reader], None]) -> Callable[[str], Fault | None]:
    def lint(value: str) -> Fault | None:
        try:
            read(_Reader(value))
        except _Broken as broken:
            return broken.fault
        return None

    return lint


def _purchase(reader: _Reader, name: str) -> None:
    requirement = f"{name}_PURCHASE_REQUIREMENT"
    reader.sized(requirement, _VALUE_SIZES, f"INVALID_{requirement}_LENGTH")
    reader.code(f"MISSING_{requirement}_CODE", f"INVALID_{requirement}_CODE", "012349")
    reader.exactly(3, f"TRUNCATED_{name}_PURCHASE_FAMILY_CODE")


def _further_purchase(reader: _Reader, name: str) -> None:
    _purchase(reader, name)
    reader.sized(f"{name}_PURCHASE_GCP", _SECOND_PREFIX_SIZES, f"INVALID_{name}_PURCHASE_GCP_LENGTH")


def _date(reader: _Reader, name: str, invalid: str) -> str:
    begun = reader.at
    day = reader.exactly(6, f"TOO_SHORT_FOR_{name}_DATE")
    if _day_exists(day):
        raise _Broken(invalid, begun, 6)
    return day


def _dates(reader: _Reader) -> None:
    begun = reader.at
    expiry = start = ""
    if reader.field("3"):
        # "EXIPIRATION": so spelt by GS1.
        expiry = _date(reader, "EXPIRATION", "INVALID_EXIPIRATION_DATE")
    if reader.field("4"):
        start = _date(reader, "START", "INVALID_START_DATE")
    if expiry and start > expiry:
        raise _Broken("EXPIRATION_BEFORE_START", begun, reader.at - begun)


def _save_value(reader: _Reader) -> None:
    reader.code("MISSING_SAVE_VALUE_CODE", "INVALID_SAVE_VALUE_CODE", "01256")
    reader.code("MISSING_SAVE_VALUE_APPLIES_TO_ITEM", "INVALID_SAVE_VALUE_APPLIES_TO_ITEM", "012")
    reader.exactly(1, "MISSING_STORE_COUPON_FLAG")
    reader.code("MISSING_DONT_MULTIPLY_FLAG", "INVALID_DONT_MULTIPLY_FLAG", "01")


def _coupon(reader: _Reader) -> None:
    reader.sized("GCP", _PREFIX_SIZES, "INVALID_GCP_LENGTH")
    reader.exactly(6, "TRUNCATED_OFFER_CODE")
    reader.sized("SAVE_VALUE", _VALUE_SIZES, "INVALID_SAVE_VALUE_LENGTH")
    _purchase(reader, "1ST")
    if reader.field("1"):
        rules = "ADDITIONAL_PURCHASE_RULES_CODE"
        reader.code(f"MISSING_{rules}", f"INVALID_{rules}", "0123")
        _further_purchase(reader, "2ND")
    if reader.field("2"):
        _further_purchase(reader, "3RD")
    _dates(reader)
    if reader.field("5"):
        reader.sized("SERIAL_NUMBER", _SERIAL_SIZES, "INVALID_SERIAL_NUMBER_LENGTH")
    if reader.field("6"):
        reader.sized("RETAILER_GCP_OR_GLN", _RETAILER_SIZES, "INVALID_RETAILER_GCP_OR_GLN_LENGTH")
    if reader.field("9"):
        _save_value(reader)
    reader.end()


def _offer(reader: _Reader) -> None:
    reader.code("MISSING_FORMAT_CODE", "INVALID_FORMAT_CODE", "01")
    reader.sized("FUNDER", _PREFIX_SIZES, "INVALID_FUNDER_LENGTH")
    reader.exactly(6, "TRUNCATED_OFFER_CODE")
    reader.sized("SERIAL_NUMBER", _SERIAL_SIZES, "INVALID_SERIAL_NUMBER_LENGTH")
    reader.end()


couponcode = _reported(_coupon)
couponposoffer = _reported(_offer)
