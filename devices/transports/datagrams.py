"""One question by UDP to everybody, or to some, and all answers within a time. Used by discovery, only when a person asked."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
from collections.abc import Callable, Iterator, Sequence

from devices.transports.wakeup import deadline_after, remaining

LARGEST = 65_507
MOST_ANSWERS = 2000
SLICE_S = 0.1


def broadcast_addresses() -> list[str]:
    """Where a broadcast goes out: each network of this machine has its own, since 255.255.255.255 leaves by one interface only."""
    import ifaddr

    found = ["255.255.255.255"]
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if ip.is_IPv4 and isinstance(ip.ip, str) and not ip.ip.startswith("127.") and ip.network_prefix < 31:
                own = int.from_bytes(socket.inet_aton(ip.ip), "big")
                found.append(socket.inet_ntoa((own | (1 << (32 - ip.network_prefix)) - 1).to_bytes(4, "big")))
    return found


def ask_everybody(
    questions: Sequence[bytes],
    targets: Sequence[str],
    port: int,
    seconds: float,
    stopped: Callable[[], bool],
) -> Iterator[tuple[bytes, str]]:
    """Sends each question to `targets`:`port`; yields (answer, sender's address) as they come, for `seconds` or until `stopped`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        door.setblocking(False)
        for question in questions:
            for target in targets:
                # A network that is down, or that takes no broadcast, has no printers to offer.
                with contextlib.suppress(OSError):
                    door.sendto(question, (target, port))
        end = deadline_after(seconds)
        answers = 0
        while remaining(end) and not stopped() and answers < MOST_ANSWERS:
            if not select.select([door], [], [], min(SLICE_S, remaining(end)))[0]:
                continue
            try:
                data, sender = door.recvfrom(LARGEST)
            except OSError as trouble:
                if trouble.errno in (errno.ECONNREFUSED, errno.EAGAIN):  # a host without such a service says so
                    continue
                raise
            answers += 1
            yield data, str(sender[0])
