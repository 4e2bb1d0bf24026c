"""The text behind a pairing code on a supervisor's screen: `floorhand://pair?a=host:port&a=...&c=CLUSTER&k=SPKI_HEX&o=CODE`; and the code
that is typed where nothing can be scanned: `7KQ4-M2XP-9RTD-HW3C`, after the server's address where that is not found by itself.
"""

import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+):([0-9]{1,5})")
#: Crockford's base 32: no I, L, O and U, which read like 1, 1, 0 and V.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILO", "110")
_TYPED_LEN = 16
_SPKI = re.compile(r"[0-9a-f]{64}")


class NotAPairingText(ValueError):
    """What was scanned is not a pairing code, or not a whole one."""


@dataclass(frozen=True, slots=True)
class PairingText:
    """Where the server is (`host:port`, best first), who it is (cluster, SHA-256 of its public key) and the one-time code."""

    addresses: tuple[str, ...]
    cluster_id: str
    spki: str
    code: str

    def text(self) -> str:
        """The text to show as a QR code."""
        words = [("a", a) for a in self.addresses] + [("c", self.cluster_id), ("k", self.spki), ("o", self.code)]
        return "floorhand://pair?" + urlencode(words, safe=":[]")


def parse(text: str) -> PairingText:
    """Reads a scanned pairing text; raises `NotAPairingText`."""
    parts = urlsplit(text.strip())
    if parts.scheme != "floorhand" or (parts.netloc or parts.path) != "pair":
        raise NotAPairingText("not a pairing code")
    words = parse_qs(parts.query, max_num_fields=16)
    one = {key: words[key][0] for key in ("c", "k", "o") if len(words.get(key, [])) == 1}
    addresses = tuple(words.get("a", ()))
    if len(one) != 3 or not addresses or not all(is_address(a) for a in addresses):
        raise NotAPairingText("pairing code is not complete")
    spki = one["k"].lower()
    if not _SPKI.fullmatch(spki):
        raise NotAPairingText("the key in the pairing code is not a SHA-256")
    return PairingText(addresses, one["c"], spki, one["o"])


@dataclass(frozen=True, slots=True)
class TypedCode:
    """What somebody typed: the code as `new_typed_code` made it, and the address (`host:port`) where one was typed before it."""

    code: str
    address: str | None = None


def new_typed_code() -> str:
    """16 letters and digits, 80 random bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_TYPED_LEN))


def typed_text(code: str) -> str:
    """How a typed code is shown: in fours."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def parse_typed(text: str) -> TypedCode:
    """Reads what was typed: the code in any case, with or without hyphens and blanks, after an address or alone. Raises
    `NotAPairingText`."""
    first, _, rest = text.strip().partition(" ")
    address = first.lower() if is_address(first) else None
    code = re.sub(r"[\s-]", "", rest if address else text).upper().translate(_MISREAD)
    if len(code) != _TYPED_LEN or not all(letter in _LETTERS for letter in code):
        raise NotAPairingText("a typed code has 16 letters and digits")
    return TypedCode(code, address)


def is_address(text: str) -> bool:
    """Whether `text` is `host:port` with a port that exists."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 65536
