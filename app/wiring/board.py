"""How every device in use is, in words: collects what the hub reports, for the device strip and the set-up desk."""

import threading
from dataclasses import dataclass

from app.core.messages import Message
from app.core.views import DeviceStatus
from app.wiring.faults import fault_message
from devices.model import DeviceInfo, DeviceKey, LinkState, PrinterStatus, Reading, Reason, WeightState

_UP = (LinkState.READY, LinkState.DEGRADED)
_BEGINNING = (LinkState.OPENING, LinkState.PROBING)
_WEIGHS = (WeightState.STABLE, WeightState.ZERO, WeightState.UNSTABLE)


@dataclass(slots=True)
class Standing:
    """The last words of one device. `tried` is False until its link has come or failed for the first time."""

    info: DeviceInfo
    link: LinkState
    reason: Reason | None
    tried: bool = False
    status: PrinterStatus | None = None
    reading: Reading | None = None

    @property
    def up(self) -> bool:
        """True while there is a link."""
        return self.link in _UP

    @property
    def starting(self) -> bool:
        """True while nobody can say yet whether it is there."""
        return not self.up and not self.tried

    @property
    def stops(self) -> Reason | None:
        """Why it cannot work now."""
        if not self.up:
            return None if self.starting else self.reason or Reason.ABSENT
        if self.status is not None and self.status.ready is not True:
            return next(iter(self.status.reasons), Reason.NO_REPLY)
        return self.reason if self.link is LinkState.DEGRADED else None

    @property
    def warns(self) -> Reason | None:
        """What will stop it soon."""
        return next(iter(self.status.warnings), None) if self.up and self.status is not None else None

    @property
    def trouble(self) -> Message | None:
        """What is wrong, in words, the worst first."""
        reason = self.stops or self.warns
        return fault_message(self.info.name, reason, self.info.url) if reason else None


class DeviceBoard:
    """Keeps the last word of every device. Fed from device threads, read from any."""

    def __init__(self) -> None:
        self._cards: dict[DeviceKey, Standing] = {}
        self._lock = threading.Lock()

    def keep(self, infos: list[tuple[DeviceInfo, LinkState, Reason | None]]) -> None:
        """Names the devices of this place, in the order of the strip; those not named are forgotten. Safe to repeat."""
        with self._lock:
            before, self._cards = self._cards, {}
            for info, link, reason in infos:
                card = before.get(info.key)
                if card is None or (card.info.role, card.info.url) != (info.role, info.url):
                    card = Standing(info, link, reason, tried=link not in (LinkState.ABSENT, *_BEGINNING))
                card.info = info
                self._cards[info.key] = card

    def link(self, key: DeviceKey, state: LinkState, reason: Reason | None) -> None:
        """A link changed. While it is tried again, what was wrong before still stands."""
        with self._lock:
            if card := self._cards.get(key):
                beginning = state in _BEGINNING
                card.tried = card.tried or not beginning
                card.link, card.reason = state, card.reason if beginning else reason
                if state not in _UP:
                    card.status = card.reading = None

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
        """All devices as they stand now, for the strip."""
        with self._lock:
            return tuple(_status(card) for card in self._cards.values())

    def standings(self) -> tuple[Standing, ...]:
        """The same, with all that is known; not to be changed."""
        with self._lock:
            return tuple(self._cards.values())


def _status(card: Standing) -> DeviceStatus:
    shown = None
    if card.reading and card.up and card.reading.state in _WEIGHS:
        shown = f"{card.reading.value} {card.reading.unit}"
    ready = card.stops is None and not card.starting
    return DeviceStatus(card.info.role.value, card.info.name, ready, card.trouble, shown)
