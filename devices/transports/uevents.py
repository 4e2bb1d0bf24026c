"""The kernel's own news of devices that come and go (netlink, Linux). Used by discovery to look at once instead of each second."""

from __future__ import annotations

import select
import socket

NETLINK_KOBJECT_UEVENT = 15
KERNEL_GROUP = 1
LARGEST = 65_536


class Uevents:
    """An open ear for the kernel. OSError when the kernel does not allow it, or there is none (not Linux)."""

    def __init__(self) -> None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError("no netlink here")
        self._socket = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT)
        try:
            self._socket.bind((0, KERNEL_GROUP))
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)

    def read(self, timeout: float) -> dict[str, str] | None:
        """The next event as its variables (ACTION, SUBSYSTEM, DEVNAME, ...), or None when there was none within `timeout` seconds."""
        if not select.select([self._socket], [], [], timeout)[0]:
            return None
        try:
            data, (sender, _) = self._socket.recvfrom(LARGEST)
        except OSError:  # ENOBUFS: so much has happened that some of it is lost
            return {"ACTION": "change", "SUBSYSTEM": "tty"}
        # Only the kernel (port id 0) speaks for the kernel.
        return parse(data) if sender == 0 else None

    def close(self) -> None:
        """Close the ear."""
        self._socket.close()


def parse(data: bytes) -> dict[str, str] | None:
    """Variables of one event, `add@/devices/...` first, then NAME=value, each ended by NUL. None for what is no event."""
    head, *rest = data.decode("utf-8", "replace").split("\0")
    if "@" not in head:
        return None
    return {name: value for name, equals, value in (line.partition("=") for line in rest) if equals}
