"""Zebra scanners over SSI: every scan acknowledged, sent again when damaged, counted once; beeps and lamps by command."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Sequence

from devices.codecs import ssi
from devices.codecs.aim import split
from devices.codecs.scans import scan_with_aim
from devices.codecs.ssi import Damaged, Nak, Op, Packet
from devices.drivers.base import STEP_S, Clock, Event, PortDriver
from devices.feedback import SSI_ANSWERS, SSI_LAMPS
from devices.framing import SsiFramer
from devices.model import DeviceKey, Feedback, Reason, Scan, ScanSource
from devices.transports.base import LinkError, Transport
from devices.transports.wakeup import deadline_after, remaining

WRITE_S = 0.5
PROBE_S = 0.7
PROBE_TRIES = 3
REPLY_S = 2.0
TRIES = 3
# A decoder without an answer sends again after 2 s, a few times; what comes later is no repetition of this scan.
REPEATS_S = 12.0
REST_S = 6.0
LAMP_S = 2.0
LONGEST_SCAN = 8192

# "Transmit code id character" = AIM (parameter 45 of the DS2208 guide), without a beep. Status bit 3 stays 0: a change for as long as the
# scanner has power (SE955 Integration Manual p.10-23), so that whatever its owner set comes back.
_SEND_AIM = bytes([0xFF, 45, 1])

_TO_BE_ANSWERED = frozenset({Op.DECODE_DATA, Op.EVENT, Op.PARAM_SEND})


class SsiScannerDriver(PortDriver):
    """One decoder: answers its packets, joins the parts of a scan, drops repetitions; sends it one command after another.

    `revision` is what the decoder said about itself. `ask_aim`: have it put the AIM identifier before each scan while it has power.
    """

    def __init__(self, transport: Transport, key: DeviceKey, clock: Clock, ask_aim: bool = False) -> None:
        super().__init__(transport)
        self._ask_aim = ask_aim
        self._key = key
        self._clock = clock
        self.framer = SsiFramer()
        self.revision = ""
        self._taken: tuple[Packet, float] | None = None
        self._lost_fresh = False
        self._dropped = 0
        self._parts: list[bytes] = []
        self._part_type = 0
        self._commands: deque[bytes] = deque()
        self._sent_at: float | None = None
        self._tries = 0
        self._lamp_until: float | None = None

    def open(self) -> None:
        """See Driver.open. A scan cut in half by a lost link is forgotten; the last one is not, as it may be sent again."""
        self.framer.reset()
        self._parts.clear()
        self._commands.clear()
        self._sent_at = None
        super().open()

    def probe(self) -> Sequence[Event]:
        """Ask for the revision; LinkError(no-reply) if nothing there speaks SSI. A scanner somebody had switched off is switched on."""
        events: list[Event] = []
        for attempt in range(PROBE_TRIES):
            # Only the second time with a wake-up, so that a scanner of another dialect hears as little as possible.
            self._write((ssi.WAKEUP if attempt else b"") + ssi.encode(Op.REQUEST_REVISION))
            deadline = deadline_after(PROBE_S)
            while remaining(deadline):
                packets = self._packets(self._transport.read(min(remaining(deadline), STEP_S)))
                events += self._handle(packets)
                if any(isinstance(packet, Packet) and packet.op == Op.REPLY_REVISION for packet in packets):
                    if self._ask_aim:
                        self._commands.append(ssi.encode(Op.PARAM_SEND, _SEND_AIM))
                    self.enable(on=True)
                    return events
        raise LinkError(Reason.NO_REPLY, "no answer to REQUEST_REVISION")

    def step(self) -> Sequence[Event]:
        """Wait for a packet; return the scans that are complete."""
        events = self._handle(self._packets(self._transport.read(STEP_S)))
        now = self._clock()
        if self._parts and self._taken is not None and now - self._taken[1] > REST_S:
            self._parts.clear()
            self.framer.counters.incomplete += 1
        if self._lamp_until is not None and now >= self._lamp_until:
            self._lamp_out()
        self._send_next(now)
        return events

    def feedback(self, kind: Feedback) -> Sequence[Event]:
        """Let the scanner beep, and light its lamp for a refused scan."""
        self._lamp_out()
        lamp = SSI_LAMPS.get(kind)
        if lamp is not None:
            self._commands.append(ssi.encode(Op.LED_ON, bytes([lamp])))
            self._lamp_until = self._clock() + LAMP_S
        self._commands.append(ssi.encode(Op.BEEP, bytes([SSI_ANSWERS[kind]])))
        self._send_next(self._clock())
        return ()

    def enable(self, on: bool) -> Sequence[Event]:
        """Let the trigger work, or not."""
        self._commands.append(ssi.encode(Op.SCAN_ENABLE if on else Op.SCAN_DISABLE))
        self._send_next(self._clock())
        return ()

    def _packets(self, data: bytes) -> list[Packet | Damaged]:
        now = self._clock()
        self.framer.expire(now)
        return self.framer.feed(data, now) if data else []

    def _handle(self, packets: Sequence[Packet | Damaged]) -> list[Event]:
        events: list[Event] = []
        for packet in packets:
            if isinstance(packet, Damaged):
                self._lost_fresh |= packet.fresh
                self._reply(ssi.encode(Op.CMD_NAK, bytes([Nak.RESEND])))
                continue
            if packet.source != ssi.DECODER:
                continue  # our own word: a line that echoes
            if packet.op in _TO_BE_ANSWERED:
                self._reply(ssi.encode(Op.CMD_ACK))
            events += self._heard(packet)
        return events

    def _heard(self, packet: Packet) -> list[Event]:
        if packet.op == Op.DECODE_DATA:
            scan = None if self._is_repetition(packet) else self._join(packet)
            return [] if scan is None else [scan]
        if packet.op == Op.REPLY_REVISION:
            # For the screen: whatever is there, no control character gets through.
            self.revision = "".join(char for char in packet.data.decode("latin-1") if char.isprintable())
        elif packet.op == Op.CMD_ACK:
            self._answered()
        elif packet.op == Op.CMD_NAK:
            if packet.cause == Nak.RESEND:
                self._sent_at = None  # goes out again
            else:
                self._answered()  # it cannot, or will not: a beep is not worth more
        return []

    def _is_repetition(self, packet: Packet) -> bool:
        """True for a packet that we have: the decoder did not hear our ACK, and says so by its status bit."""
        now, dropped = self._clock(), self.framer.counters.dropped_bytes
        # Bytes that made no packet may have been the first transmission of this very packet: then it is none that we have.
        before, lost = self._taken, self._lost_fresh or dropped != self._dropped
        self._taken, self._lost_fresh, self._dropped = (packet, now), False, dropped
        if before is None or not packet.retransmit or lost or now - before[1] > REPEATS_S:
            return False
        return (packet.data, packet.continued) == (before[0].data, before[0].continued)

    def _join(self, packet: Packet) -> Scan | None:
        if not packet.data:
            return None
        kind, data = packet.data[0], packet.data[1:]
        if self._parts and kind != self._part_type:
            self._parts.clear()  # the end of the scan before was lost
            self.framer.counters.incomplete += 1
        self._parts.append(data)
        self._part_type = kind
        if sum(map(len, self._parts)) > LONGEST_SCAN:
            self._parts.clear()
            self.framer.counters.overlong += 1
        if packet.continued or not self._parts:
            return None
        whole = b"".join(self._parts)
        self._parts.clear()
        return self._scan(kind, whole) if whole else None

    def _scan(self, kind: int, data: bytes) -> Scan:
        meaning = ssi.code_type(kind)
        said, _ = split(data[:3].decode("latin-1"))
        if said is None and meaning is not None:
            data = ssi.in_aim_form(meaning, data.decode("latin-1")).encode("latin-1")
        return scan_with_aim(meaning.aim if meaning else None, data, self._key, self._clock(), ScanSource.SSI)

    def _lamp_out(self) -> None:
        if self._lamp_until is not None:
            self._lamp_until = None
            self._commands.append(ssi.encode(Op.LED_OFF, bytes([SSI_LAMPS[Feedback.REJECT]])))

    def _send_next(self, now: float) -> None:
        if self._sent_at is not None and now - self._sent_at > REPLY_S:
            self._sent_at = None
        if self._sent_at is not None or not self._commands:
            return
        if self._tries == TRIES:
            self._answered()
            return
        self._tries += 1
        self._sent_at = now
        self._write(self._commands[0])

    def _answered(self) -> None:
        if self._commands and (self._tries or self._sent_at is not None):
            self._commands.popleft()
        self._tries, self._sent_at = 0, None
        self._send_next(self._clock())

    def _reply(self, packet: bytes) -> None:
        # The scans that came in with this packet must not get lost with the link; the next read will find it gone.
        with contextlib.suppress(LinkError):
            self._write(packet)

    def _write(self, packet: bytes) -> None:
        self._transport.write(packet, WRITE_S)
