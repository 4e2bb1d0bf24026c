"""The text behind a pairing code on a supervisor's screen: `floorhand://pair?a=host:port&a=...&c=CLUSTER&k=SPKI_HEX&o=CODE`."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[0-9A-Za-z.-]+):([0-9]{1,5})")
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


def is_address(text: str) -> bool:
    """Whether `text` is `host:port` with a port that exists."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and 0 < int(match[2]) < 65536
