"""A keyboard scanner set to another layout than the desktop garbles what it types: which layout it is, told from the garbled text.

Used by the UI's wedge filter and the set-up page, which say in words which setup code to scan. A scanner set to US presses the keys of a
US keyboard; the desktop reads them by its own layout.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique


@unique
class Layout(StrEnum):
    """The desktop's layout, where it is not the scanner's."""

    AZERTY = "azerty"
    QWERTZ = "qwertz"


TEST_CODE = "FH:AZERTY-0123456789/=;"
"""Printed by the set-up page as a barcode: what arrives instead names the layout beyond doubt."""

_US = "`1234567890-=qwertyuiop[]asdfghjkl;'\\zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"|ZXCVBNM<>?"
_TYPED = {
    Layout.AZERTY: ("²&é\"'(-è_çà)=azertyuiop^$qsdfghjklmù*wxcvbn,;:!~1234567890°+AZERTYUIOP¨£QSDFGHJKLM%µWXCVBN?./§"),
    Layout.QWERTZ: "^1234567890ß´qwertzuiopü+asdfghjklöä#yxcvbnm,.-°!\"§$%&/()=?`QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_",
}
_AZERTY_DIGITS = "&é\"'(-è_çà"


def as_typed(text: str, layout: Layout) -> str:
    """What arrives on a desktop of this layout when a scanner set to US sends `text`."""
    return text.translate(str.maketrans(_US, _TYPED[layout]))


def as_meant(text: str, layout: Layout) -> str:
    """The way back: what the scanner sent."""
    return text.translate(str.maketrans(_TYPED[layout], _US))


# Codes this program prints, addresses, and GS1 content behind an AIM identifier: a text that turns into one of these was garbled. (An
# identifier by itself is not enough: `+E3` begins a HIBC code as well as, on QWERTZ, what `]E3` announces.)
_KNOWN = re.compile(
    r"FH:[A-Z]|https?://|HTTPS?://|\](?:C1|d2|Q3|e0|J1)(?:0[12][0-9]{14}|00[0-9]{18})|\](?:E0|E4|I1)(?:[0-9]{8}|[0-9]{13,14})$"
)


def symptom(text: str) -> Layout | None:
    """Which layout garbled this scan; None if nothing points to one.

    AZERTY shows in its unshifted digit row where digits should be. QWERTZ leaves digits alone: it shows where punctuation is known to be
    (an AIM identifier, a web address, a command card) or by an ß amid capitals; swapped y and z alone cannot be seen, only TEST_CODE shows
    them.
    """
    if _is_azerty(text):
        return Layout.AZERTY
    for layout in Layout:
        if not _KNOWN.match(text) and _KNOWN.match(as_meant(text, layout)) and len(text) >= 6:
            return layout
    return Layout.QWERTZ if re.fullmatch(r"(?=.*[0-9])[A-Z0-9.]*ß[A-Z0-9.ß]*", text) else None


def _is_azerty(text: str) -> bool:
    marks = sum(char in _AZERTY_DIGITS for char in text)
    # The letters with accents are what no code holds by itself.
    accents = sum(char in "éèçà" for char in text)
    return bool(accents) and marks >= 4 and not re.search("[0-9]", text)


def compare(seen: str, sent: str = TEST_CODE) -> Layout | None:
    """Which layout makes `seen` out of `sent`; None if it arrived as it was, or garbled in another way."""
    return next((layout for layout in Layout if seen != sent and seen == as_typed(sent, layout)), None)
