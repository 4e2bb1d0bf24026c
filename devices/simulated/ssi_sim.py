"""A Zebra scanner that is not there: speaks SSI over a pseudo terminal, and sends again what the host does not acknowledge."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from devices.codecs import ssi
from devices.codecs.ssi import Nak, Op, Packet
from devices.framing import SsiFramer
from devices.simulated.chaos import ChaosPlan
from devices.simulated.lines import PtyLine


@dataclass(slots=True)
class _Unanswered:
    """A packet of ours that waits for the host's word."""

    data: bytes
    continued: bool
    sent_at: float = 0.0
    tries: int = 0


class SsiSim:
    """A corded decoder. `heard` are the host's commands, `given_up` the scans that it never acknowledged.

    `deaf_to_acks` and `spoil` make trouble: the next so many ACKs are not heard, the next so many packets go out with a wrong byte.
    """

    REVISION = b"SIM-SSI 1.0"

    def __init__(self, link: Path | None = None, resend_s: float = 2.0, tries: int = 4) -> None:
        self._resend_s = resend_s
        self._tries = tries
        self._framer = SsiFramer()
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[_Unanswered] = deque()
        self.deaf_to_acks = 0
        self.spoil = 0
        self.asleep = False
        self.enabled = True
        self.sends_aim = False
        self.heard: list[Packet] = []
        self.given_up: list[bytes] = []
        self.line = PtyLine(self._receive, link)

    @property
    def url(self) -> str:
        """Address for `DeviceHub.add_scanner`."""
        return self.line.url + "?dialect=ssi"

    def start(self, chaos: ChaosPlan | None = None) -> None:
        """Plug in."""
        self.line.plug(chaos)

    def stop(self) -> None:
        """Pull the plug."""
        self.line.unplug()

    def scan(self, text: str, kind: int = 0x03, part: int = 200, aim: str = "") -> bool:
        """Pull the trigger on a code of SSI type `kind`, sent in parts of at most `part` bytes. False while the host has it disabled.

        `aim` goes in front if the host has asked for identifiers.
        """
        data = ((aim if self.sends_aim else "") + text).encode("latin-1", "replace")
        pieces = [data[at : at + part] for at in range(0, len(data), part)]
        with self._changed:
            if not self.enabled:
                return False
            self._queue += [
                _Unanswered(bytes([kind]) + piece, continued=number < len(pieces))
                for number, piece in enumerate(pieces, start=1)
            ]
        return True

    def wait_idle(self, timeout: float) -> bool:
        """True once every scan is acknowledged or given up."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue, timeout)

    def wait_heard(self, op: Op, count: int, timeout: float) -> list[Packet]:
        """The commands `op` so far, once they are `count` or `timeout` seconds are over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._of(op)) >= count, timeout)
            return self._of(op)

    def _of(self, op: Op) -> list[Packet]:
        return [packet for packet in self.heard if packet.op == op]

    def _receive(self, data: bytes, now: float) -> bytes:
        with self._changed:
            if self.asleep and ssi.WAKEUP in data:
                self.asleep = False
                data = data[data.index(ssi.WAKEUP) + 1 :]
            answer = b""
            if not self.asleep:
                for packet in self._framer.feed(data, now):
                    answer += self._answer(packet)
                answer += self._say(now)
            self._changed.notify_all()
            return answer

    def _answer(self, packet: Packet | ssi.Damaged) -> bytes:
        if not isinstance(packet, Packet):
            return self._packet(Op.CMD_NAK, bytes([Nak.RESEND]))
        self.heard.append(packet)
        if packet.op == Op.CMD_ACK:
            self._acknowledged()
            return b""
        if packet.op == Op.CMD_NAK:
            if self._queue:
                self._queue[0].sent_at = 0.0
            return b""
        if packet.op == Op.REQUEST_REVISION:
            return self._packet(Op.REPLY_REVISION, self.REVISION)
        if packet.op in (Op.SCAN_ENABLE, Op.SCAN_DISABLE):
            self.enabled = packet.op == Op.SCAN_ENABLE
        elif packet.op == Op.PARAM_SEND and packet.data[1:2] == b"\x2d":
            self.sends_aim = packet.data[2:3] == b"\x01"
        elif packet.op not in (Op.BEEP, Op.LED_ON, Op.LED_OFF):
            return self._packet(Op.CMD_NAK, bytes([Nak.DENIED]))
        return self._packet(Op.CMD_ACK)

    def _acknowledged(self) -> None:
        if self.deaf_to_acks:
            self.deaf_to_acks -= 1
        elif self._queue and self._queue[0].tries:
            self._queue.popleft()

    def _say(self, now: float) -> bytes:
        """The packet whose turn it is, first or once more."""
        while self._queue and self._queue[0].tries >= self._tries and now - self._queue[0].sent_at >= self._resend_s:
            self.given_up.append(self._queue.popleft().data)
        if not self._queue or (self._queue[0].tries and now - self._queue[0].sent_at < self._resend_s):
            return b""
        waiting = self._queue[0]
        status = (ssi.RETRANSMIT if waiting.tries else 0) | (ssi.CONTINUED if waiting.continued else 0)
        waiting.tries += 1
        waiting.sent_at = time.monotonic()
        return self._packet(Op.DECODE_DATA, waiting.data, status)

    def _packet(self, op: Op, data: bytes = b"", status: int = 0) -> bytes:
        packet = ssi.encode(op, data, ssi.DECODER, status)
        if op == Op.DECODE_DATA and self.spoil:
            self.spoil -= 1
            return packet[:-3] + bytes([packet[-3] ^ 0x01]) + packet[-2:]
        return packet
