"""Pairing, for the pairing screen: the servers announced nearby, and the act itself."""

import threading
from collections.abc import Callable

from app.core.messages import Code, Message, say
from sync.client.pairing import FactsWait, NotAPairingText, WrongServer, pair
from sync.client.ports import Meta
from sync.client.status import Refused, Unreachable
from sync.contract.pairing import parse_typed
from sync.discovery import Closable, Found, browse

#: Servers shown and tried at most.
_NEARBY_MOST = 8


def _typed_alone(code: str) -> bool:
    try:
        return parse_typed(code).address is None
    except NotAPairingText:
        return False


class ClientPairing:
    """`app.screens.pair.port.Pairing`. The code on the supervisor's screen names the server's key; what mDNS says is only a hint."""

    def __init__(self, meta: Meta, label: str, app: str, on_paired: Callable[[], None]) -> None:
        self._meta = meta
        self._on_paired = on_paired
        self._label = label
        self._app = app
        self._found: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        self._browsing: Closable | None = None

    def servers(self) -> tuple[str, ...]:
        """See the port."""
        if self._browsing is None:
            self._browsing = browse(self._heard)
        with self._lock:
            return tuple(address for addresses in self._found.values() for address in addresses)

    def pair(self, code: str) -> Message:
        """See the port. Addresses announced nearby are only where a typed code is asked after; the code decides who is believed."""
        nearby = self.servers()
        try:
            identity = pair(code, self._meta, self._label, self._app, nearby)
        except NotAPairingText:
            return say(Code.PAIRING_TYPO)
        except FactsWait as held:
            return say(Code.FACTS_FIRST, n=held.count)
        except (WrongServer, Refused):
            return say(Code.PAIRING_REFUSED)
        except Unreachable:
            return say(Code.PAIRING_NOBODY if _typed_alone(code) and not nearby else Code.CENTRE_AWAY)
        self._on_paired()
        return say(Code.PAIRED, site=identity.site)

    def close(self) -> None:
        """Ends the search."""
        if self._browsing is not None:
            self._browsing.close()
            self._browsing = None

    def _heard(self, found: Found) -> None:
        with self._lock:
            self._found.pop(found.cluster_id, None)
            self._found[found.cluster_id] = found.addresses
            # Anybody can announce anything: those heard of last are shown and tried.
            while len(self._found) > _NEARBY_MOST:
                del self._found[next(iter(self._found))]
