"""What is wrong with which device, in words: collects what the hub reports, for the device strip."""

import threading
from dataclasses import dataclass

from app.core.messages import Code, Message, say
from app.core.views import DeviceStatus
from devices.model import DeviceInfo, DeviceKey, LinkState, PrinterStatus, Reading, Reason, Role, WeightState

_PRINTER_WORDS = {
    Reason.MEDIA_EMPTY: Code.PRINTER_OUT_OF_LABELS,
    Reason.COVER_OPEN: Code.PRINTER_OPEN,
    Reason.PAUSED: Code.PRINTER_PAUSED,
    Reason.MARKER_SUPPLY_EMPTY: Code.PRINTER_OUT_OF_RIBBON,
}


@dataclass(slots=True)
class _Card:
    """The last words of one device."""

    info: DeviceInfo
    link: LinkState
    reason: Reason | None
    status: PrinterStatus | None = None
    reading: Reading | None = None


class DeviceBoard:
    """Keeps the last word of every device. Fed from device threads, read from any."""

    def __init__(self) -> None:
        self._cards: dict[DeviceKey, _Card] = {}
        self._lock = threading.Lock()

    def add(self, infos: list[tuple[DeviceInfo, LinkState, Reason | None]]) -> None:
        """Names the devices of this place, in the order of the strip."""
        with self._lock:
            self._cards = {info.key: _Card(info, link, reason) for info, link, reason in infos}

    def link(self, key: DeviceKey, state: LinkState, reason: Reason | None) -> None:
        """A link changed."""
        with self._lock:
            if card := self._cards.get(key):
                card.link, card.reason = state, reason

    def printer(self, key: DeviceKey, status: PrinterStatus) -> None:
        """A printer said how it is."""
        with self._lock:
            if card := self._cards.get(key):
                card.status = status

    def reading(self, key: DeviceKey, reading: Reading) -> bool:
        """A scale spoke; True when its display changed."""
        with self._lock:
            card = self._cards.get(key)
            changed = card is not None and (
                card.reading is None or (card.reading.value, card.reading.state) != (reading.value, reading.state)
            )
            if card:
                card.reading = reading
            return changed

    def statuses(self) -> tuple[DeviceStatus, ...]:
        """All devices as they stand now."""
        with self._lock:
            return tuple(_status(card) for card in self._cards.values())


def _status(card: _Card) -> DeviceStatus:
    up = card.link in (LinkState.READY, LinkState.DEGRADED)
    trouble = _trouble(card, up)
    shown = None
    if card.reading and up and card.reading.state in (WeightState.STABLE, WeightState.ZERO, WeightState.UNSTABLE):
        shown = f"{card.reading.value} {card.reading.unit}"
    return DeviceStatus(card.info.role.value, card.info.name, trouble is None, trouble, shown)


def _trouble(card: _Card, up: bool) -> Message | None:
    if not up:
        if card.info.role is Role.SCANNER:
            return say(Code.SCANNER_AWAY)
        if card.info.role is Role.SCALE:
            return say(Code.SCALE_AWAY)
        return say(Code.PRINTER_AWAY, reason=(card.reason or Reason.ABSENT).value)
    if card.status and card.status.ready is not True:
        reasons = card.status.reasons or (Reason.NO_REPLY,)
        code = next((_PRINTER_WORDS[r] for r in reasons if r in _PRINTER_WORDS), None)
        return say(code) if code else say(Code.PRINTER_AWAY, reason=reasons[0].value)
    return None
