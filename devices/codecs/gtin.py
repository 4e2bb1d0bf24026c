"""GTIN and SSCC numbers: check digits and the one form, GTIN-14, in which products are compared. Used by gs1 and labels."""

from __future__ import annotations


def check_digit(body: str) -> str:
    """GS1 mod-10 check digit of `body` (digits without the check digit): weights 3, 1, 3 ... from the right."""
    total = sum(int(digit) * (3 if position % 2 == 0 else 1) for position, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_digits(text: str) -> bool:
    """True for one or more of 0-9 and nothing else (str.isdigit would accept other scripts)."""
    return text.isascii() and text.isdigit()


def has_valid_check_digit(digits: str) -> bool:
    """True when the last digit is the right check digit for the ones before it."""
    return is_digits(digits) and len(digits) >= 2 and check_digit(digits[:-1]) == digits[-1]


def is_sscc(text: str) -> bool:
    """True for an 18-digit Serial Shipping Container Code with a right check digit."""
    return len(text) == 18 and has_valid_check_digit(text)


def expand_upc_e(code: str) -> str | None:
    """The 12-digit UPC-A for an 8-digit UPC-E (number system 0, six digits, check digit), or None if it is not one."""
    if not is_digits(code) or len(code) != 8 or code[0] not in "01":
        return None
    system, six, check = code[0], code[1:7], code[7]
    last = six[5]
    # Zero suppression, GS1 General Specifications 5.2.2.4.
    if last in "012":
        body = system + six[:2] + last + "0000" + six[2:5]
    elif last == "3":
        body = system + six[:3] + "00000" + six[3:5]
    elif last == "4":
        body = system + six[:4] + "00000" + six[4]
    else:
        body = system + six[:5] + "0000" + last
    return body + check if check_digit(body) == check else None


def to_gtin14(text: str) -> str | None:
    """GTIN-14 of an EAN-8, UPC-E, UPC-A, EAN-13 or GTIN-14; None if the length or the check digit is wrong.

    Eight digits that begin with 0 are a UPC-E if they can be: GTIN-8 prefixes 000-099 are not given out to products.
    Packaging levels stay apart: the GTIN-14 of a case is another GTIN than that of the item in it.
    """
    if not is_digits(text) or len(text) not in (8, 12, 13, 14):
        return None
    if len(text) == 8 and text[0] == "0":
        upc_a = expand_upc_e(text)
        if upc_a is not None:
            return upc_a.zfill(14)
    return text.zfill(14) if has_valid_check_digit(text) else None


def is_restricted(gtin14: str) -> bool:
    """True for restricted circulation numbers (prefixes 02 and 20-29): a shop's own numbers, often with weight or price inside."""
    gtin13 = gtin14[1:]
    return gtin14[0] == "0" and (gtin13[:2] == "02" or gtin13[0] == "2")


def compress_upc_a(code: str) -> str | None:
    """The 8-digit UPC-E of a 12-digit UPC-A, or None if its zeros do not allow one."""
    if len(code) != 12 or not has_valid_check_digit(code):
        return None
    maker, item = code[1:6], code[6:11]
    if maker[2] in "012" and maker[3:] == "00" and item[:2] == "00":
        six = maker[:2] + item[2:] + maker[2]
    elif maker[3:] == "00" and item[:3] == "000":
        six = maker[:3] + item[3:] + "3"
    elif maker[4] == "0" and item[:4] == "0000":
        six = maker[:4] + item[4] + "4"
    elif item[:4] == "0000" and item[4] in "56789":
        six = maker + item[4]
    else:
        return None
    short = code[0] + six + code[11]
    return short if expand_upc_e(short) == code else None
