"""How names, e-mail addresses, telephone numbers and addresses are compared, and what may be kept. Pure."""

import unicodedata
from hashlib import sha256
from typing import Final

#: Longest text that is kept, in characters; longest note.
MOST: Final = 200
MOST_NOTE: Final = 2000


def plain_email(text: str) -> str:
    """Lower case without blanks; '' when it cannot be an address."""
    tidy = text.strip().lower()
    before, at, after = tidy.rpartition("@")
    fits = at and before and "." in after and len(tidy) <= MOST and not any(c.isspace() or ord(c) < 32 for c in tidy)
    return tidy if fits else ""


def plain_phone(text: str) -> str:
    """Digits, with the plus of a country's code in front; '' when there are fewer than five."""
    tidy = text.strip()
    digits = "".join(c for c in tidy if c in "0123456789")[:20]
    if len(digits) < 5:
        return ""
    if tidy.startswith("+"):
        return "+" + digits
    return "+" + digits[2:] if digits.startswith("00") else digits


def plain(text: str) -> str:
    """Lower case letters and digits without accents and what stands between them: `Müller-Lü` and `MULLER LU` are alike."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if c.isalnum())


def likeness(name: str, postcode: str) -> str:
    """Postcode and name as one plain word; '' when one of them is missing: half of it is like everybody's."""
    left, right = plain(postcode), plain(name)
    return f"{left}|{right}" if left and right else ""


def address_digest(name: str, street: str, postcode: str, city: str, country: str) -> str:
    """SHA-256 (hex) of an address, however it is spelt."""
    return sha256("|".join(plain(one) for one in (name, street, postcode, city, country)).encode()).hexdigest()


def kept(text: str, most: int = MOST) -> str:
    """A text as it may be stored: no NUL, no blanks around it, not longer than `most` characters."""
    return text.replace("\0", "").strip()[:most]
