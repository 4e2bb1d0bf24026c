"""One POST to a receiver, with everything that a stranger's server may do in mind. `oms.hooks.serving` calls it.

Names are looked up here and the connection goes to the address that was looked at, so that a name cannot mean the public network first and
the own one a moment later. No redirects; of the answer only its status is read, at most `_MOST_HEAD` bytes; everything within one deadline.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

_MOST_HEAD: Final = 16 * 1024
_MOST_URL: Final = 1000
_MOST_ADDRESSES: Final = 4
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
#: Longest pause that a receiver may ask for, in seconds.
_MOST_PAUSE_S: Final = 3600.0


class BadUrl(ValueError):
    """An address that no message is sent to; the text is a code."""


class NoHttp(ValueError):
    """What came back is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status` 0 and a `problem` (a code) when nothing did. `pause_s`: how long the receiver asks to be left alone."""

    status: int
    problem: str
    took_s: float
    pause_s: float = 0.0

    @property
    def good(self) -> bool:
        """Taken."""
        return 200 <= self.status < 300


def checked(url: str, *, private: bool) -> SplitResult:
    """The parts of an address that messages may be sent to. Raises `BadUrl`."""
    plain = len(url) <= _MOST_URL and url.isascii() and not any(ord(c) <= 32 or ord(c) == 127 for c in url)
    try:
        parts = urlsplit(url) if plain else None
        port = parts.port if parts else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise BadUrl("bad_url")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadUrl("bad_url")
    if parts.scheme == "http" and not private:
        raise BadUrl("https_only")
    return parts


def is_private(address: str) -> bool:
    """Whether an IP address is anything but a single machine in the public network, also inside what carries another address."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(found.packed[-4:])
        if inner is not None and is_private(str(inner)):
            return True
    return not found.is_global or found.is_multicast or found.is_reserved or found.is_unspecified


def post(url: str, body: bytes, headers: Mapping[str, str], *, timeout_s: float, private: bool) -> Answer:
    """Sends it once. Never raises for what the receiver or the network does."""
    started = time.monotonic()
    try:
        parts = checked(url, private=private)
        status, pause = _posted(parts, body, headers, started + timeout_s, private=private)
        problem = "" if 200 <= status < 300 else "redirect" if 300 <= status < 400 else f"status_{status}"
    except BadUrl as error:
        status, pause, problem = 0, 0.0, str(error)
    except TimeoutError:
        status, pause, problem = 0, 0.0, "timeout"
    except ssl.SSLError:
        status, pause, problem = 0, 0.0, "tls"
    except socket.gaierror:
        status, pause, problem = 0, 0.0, "unknown_host"
    except (OSError, ValueError):
        status, pause, problem = 0, 0.0, "no_answer"
    return Answer(status, problem, time.monotonic() - started, pause)


def _posted(
    parts: SplitResult, body: bytes, headers: Mapping[str, str], end: float, *, private: bool
) -> tuple[int, float]:
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    connection = _connected(_addresses(host, port, private=private), port, end)
    try:
        if parts.scheme == "https":
            connection.settimeout(_left(end))
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        connection.settimeout(_left(end))
        connection.sendall(_request(parts, host, body, headers))
        return _status(connection, end)
    finally:
        connection.close()


def _addresses(host: str, port: int, *, private: bool) -> list[str]:
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    # One private address among public ones is a trap too.
    if not private and any(is_private(one) for one in found):
        raise BadUrl("private_address")
    return list(dict.fromkeys(found))[:_MOST_ADDRESSES]


def _connected(addresses: list[str], port: int, end: float) -> socket.socket:
    trouble: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=_left(end))
        except OSError as error:
            trouble = error
    raise trouble


def _request(parts: SplitResult, host: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    named = f"[{host}]" if ":" in host else host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"POST {target} HTTP/1.1", f"Host: {named}{f':{parts.port}' if parts.port else ''}"]
    fixed = {"Content-Type": "application/json", "Content-Length": str(len(body)), "User-Agent": "Floorhand-Hooks/1"}
    lines += [f"{name}: {value}" for name, value in {**fixed, **headers, "Connection": "close"}.items()]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body


def _status(connection: socket.socket, end: float) -> tuple[int, float]:
    """(status, pause asked for) of the final answer; interim ones (1xx) are passed over."""
    said = b""
    while True:
        head, found, rest = said.partition(b"\r\n\r\n")
        if found:
            status, pause = _head(head)
            if status >= 200:
                return status, pause
            said = rest
            continue
        if len(said) > _MOST_HEAD:
            raise NoHttp("endless head")
        connection.settimeout(_left(end))
        more = connection.recv(4096)
        if not more:
            raise NoHttp("ended early")
        said += more


def _head(head: bytes) -> tuple[int, float]:
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit() or len(words[1]) != 3:
        raise NoHttp("not HTTP")
    for line in lines:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"retry-after" and value.strip().isdigit() and len(value.strip()) < 9:
            return int(words[1]), min(_MOST_PAUSE_S, float(value))
    return int(words[1]), 0.0


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
