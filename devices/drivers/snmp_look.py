"""Asking one printer by SNMP, for drivers of printers that say nothing on the line that takes the labels."""

from __future__ import annotations

import itertools

from devices.codecs import snmp
from devices.codecs.printers.brother_status import Packet, packet
from devices.transports.datagrams import ask_everybody

PORT = 161
REPLY_S = 1.0


class BrotherLook:
    """The status packet of one Brother printer at `host`. Calling it asks; None without an answer that makes sense within a second."""

    def __init__(self, host: str, port: int = PORT) -> None:
        self._host = host
        self._port = port
        self._numbers = itertools.count(1)
        self._stopped = False

    def __call__(self) -> Packet | None:
        """Ask now."""
        number = next(self._numbers) & 0x7FFFFFFF
        question = snmp.get_request([snmp.BROTHER_STATUS], request_id=number)
        for answer, _ in ask_everybody([question], [self._host], self._port, REPLY_S, lambda: self._stopped):
            value = self._value(answer, number)
            if value is not None:
                return packet(value)
        return None

    def cancel(self) -> None:
        """We are shutting down: end every wait (any thread)."""
        self._stopped = True

    def _value(self, answer: bytes, number: int) -> bytes | None:
        try:
            response = snmp.parse_response(answer)
        except ValueError:
            return None
        value = response.values.get(snmp.BROTHER_STATUS)
        # An answer to an earlier question tells how the printer was then.
        return value if response.request_id == number and isinstance(value, bytes) else None
