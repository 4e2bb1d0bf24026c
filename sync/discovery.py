"""Finding the OMS on the local network by mDNS. A hint only: anybody can announce anything, the pinned key decides.

The server announces itself; a client browses. Without a usable network both simply do nothing.
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol

from zeroconf import Error as ZeroconfError
from zeroconf import IPVersion, NonUniqueNameException, ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from sync.contract.version import API_MAX, API_MIN

_log = logging.getLogger(__name__)

SERVICE: Final = "_floorhand._tcp.local."
_RESOLVE_MS: Final = 2000
#: Announcements asked after at the same time; what comes beyond that is asked after when it is announced again.
_ASKED_MOST: Final = 8
#: Addresses believed of one announcement, and characters of a name.
_ADDRESSES_MOST: Final = 8
_NAME_MOST: Final = 64


class Closable(Protocol):
    """Something that runs until closed; also a context manager."""

    def close(self) -> None:
        """Ends it."""

    def __enter__(self) -> "Closable": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A server that says it is there. `addresses` are `host:port`."""

    cluster_id: str
    addresses: tuple[str, ...]


class _Running:
    """Owns a Zeroconf instance, or nothing where the network does not allow one."""

    def __init__(self, zeroconf: Zeroconf | None) -> None:
        self._zeroconf = zeroconf

    def close(self) -> None:
        """Withdraws announcements and ends browsing."""
        if self._zeroconf is not None:
            self._zeroconf.close()

    def __enter__(self) -> "_Running":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def announce(cluster_id: str, port: int, addresses: Sequence[str], interfaces: Sequence[str] | None = None) -> Closable:
    """Announces the server on `port` under the given IP addresses until closed. `interfaces` are own IP addresses to speak on;
    None means all. Blocks for about a second. Where mDNS cannot work, it logs so and does nothing."""
    zeroconf = _open(interfaces)
    if zeroconf is not None:
        info = ServiceInfo(
            SERVICE,
            f"{cluster_id[:16]}.{SERVICE}",
            port=port,
            addresses=[socket.inet_pton(socket.AF_INET6 if ":" in a else socket.AF_INET, a) for a in addresses],
            properties={"cluster": cluster_id, "api": f"{API_MIN}-{API_MAX}", "path": "/v1"},
            server=f"floorhand-{cluster_id[:16]}.local.",
        )
        try:
            zeroconf.register_service(info, allow_name_change=True)
        except (OSError, ZeroconfError, NonUniqueNameException) as error:
            _log.warning("cannot announce by mDNS: %s", error)
    return _Running(zeroconf)


def browse(on_found: Callable[[Found], None], interfaces: Sequence[str] | None = None) -> Closable:
    """Calls `on_found`, in a thread of its own, for every server that announces itself, until closed."""
    zeroconf = _open(interfaces)
    if zeroconf is not None:
        ServiceBrowser(zeroconf, SERVICE, listener=_Listener(on_found))
    return _Running(zeroconf)


def _open(interfaces: Sequence[str] | None) -> Zeroconf | None:
    try:
        if interfaces is None:
            return Zeroconf(ip_version=IPVersion.V4Only)
        return Zeroconf(interfaces=list(interfaces), ip_version=IPVersion.V4Only)
    except OSError as error:
        _log.warning("no mDNS here: %s", error)
        return None


class _Listener(ServiceListener):
    """Asks for the details of every announcement. The asking blocks, so each has a short-lived thread."""

    def __init__(self, on_found: Callable[[Found], None]) -> None:
        self._on_found = on_found
        self._free = threading.BoundedSemaphore(_ASKED_MOST)

    def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A server came."""
        if self._free.acquire(blocking=False):
            threading.Thread(target=self._resolve, args=(zc, type_, name), daemon=True).start()

    def update_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A server moved."""
        self.add_service(zc, type_, name)

    def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None:
        """A server says it goes; its addresses stay worth a try."""

    def _resolve(self, zc: Zeroconf, type_: str, name: str) -> None:
        try:
            info = zc.get_service_info(type_, name, timeout=_RESOLVE_MS)
        except (OSError, ZeroconfError):
            return
        finally:
            self._free.release()
        found = _read(info) if info else None
        if found:
            self._on_found(found)


def _read(info: ServiceInfo) -> Found | None:
    """What an announcement says, when it says enough; it comes from anybody, so nothing in it is believed."""
    properties: Mapping[str, str | None] = info.decoded_properties
    cluster = properties.get("cluster")
    if not cluster or len(cluster) > _NAME_MOST or info.port is None:
        return None
    hosts = info.parsed_addresses(IPVersion.V4Only)[:_ADDRESSES_MOST]
    return Found(cluster, tuple(f"{host}:{info.port}" for host in hosts))
