"""One device's life: a daemon thread that opens, probes, works, loses and finds it again. Made by the hub, one per device."""

from __future__ import annotations

import logging
import queue
import random
import threading
from collections.abc import Callable, Sequence

from devices.drivers.base import Driver, Event
from devices.model import DeviceFault, DeviceInfo, LinkState, PrinterStatus, Reason
from devices.transports.base import LinkError

log = logging.getLogger(__name__)

Command = Callable[[], Sequence[Event]]

_S = LinkState
TRANSITIONS: dict[LinkState, frozenset[LinkState]] = {
    _S.ABSENT: frozenset({_S.OPENING, _S.DISABLED}),
    _S.OPENING: frozenset({_S.PROBING, _S.ABSENT, _S.LOST, _S.MISCONFIGURED, _S.DISABLED}),
    _S.PROBING: frozenset({_S.READY, _S.LOST, _S.MISCONFIGURED, _S.DISABLED}),
    _S.READY: frozenset({_S.DEGRADED, _S.LOST, _S.DISABLED}),
    _S.DEGRADED: frozenset({_S.READY, _S.DEGRADED, _S.LOST, _S.DISABLED}),
    _S.LOST: frozenset({_S.BACKOFF, _S.DISABLED}),
    _S.BACKOFF: frozenset({_S.OPENING, _S.DISABLED}),
    _S.MISCONFIGURED: frozenset({_S.OPENING, _S.DISABLED}),
    _S.DISABLED: frozenset({_S.OPENING}),
}
"""Which state may follow which. DEGRADED follows itself when its reason changes."""

MISCONFIGURED_REASONS = frozenset({Reason.BUSY, Reason.DENIED, Reason.WRONG_DIALECT})
MISCONFIGURED_SOON_S = 2.0
MISCONFIGURED_RETRY_S = 15.0
ABSENT_MOST_S = 1.0
SILENT_MOST_S = 0.5
TICK_S = 0.1
PREDECESSOR_S = 0.5


class Backoff:
    """How long to wait before the next try: 0.25 s, doubling, up to `cap_s`, each +-20 % so that devices do not knock in step."""

    FIRST_S = 0.25
    SPREAD = 0.2
    FORGIVE_S = 10.0
    """A link that held this long starts from the first step again."""

    def __init__(self, cap_s: float, dice: random.Random) -> None:
        self._cap_s = cap_s
        self._dice = dice
        self._tries = 0

    def next_delay(self) -> float:
        """Seconds to wait now; each call doubles the next one."""
        delay = min(self.FIRST_S * 2.0**self._tries, self._cap_s)
        self._tries = min(self._tries + 1, 16)
        return delay * self._dice.uniform(1 - self.SPREAD, 1 + self.SPREAD)

    def held(self, seconds: float) -> None:
        """The link was good for this long."""
        if seconds >= self.FORGIVE_S:
            self.restart()

    def restart(self) -> None:
        """Begin from the first step again."""
        self._tries = 0


class DeviceSession:
    """The thread and the link state of one device. `on_event` and `on_link` are called on this thread; commands come in through `post`."""

    def __init__(
        self,
        info: DeviceInfo,
        driver: Driver,
        on_event: Callable[[Event], None],
        on_link: Callable[[LinkState, Reason | None], None],
        clock: Callable[[], float],
        backoff: Backoff,
    ) -> None:
        self.info = info
        self.state = LinkState.ABSENT
        self.reason: Reason | None = None
        self._driver = driver
        self._on_event = on_event
        self._on_link = on_link
        self._clock = clock
        self._backoff = backoff
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._retry = threading.Event()
        self._complained = False
        self._after: tuple[DeviceSession, ...] = ()
        self._thread = threading.Thread(target=self._run, name=f"device {info.key}", daemon=True)

    # --- any thread ---

    def start(self, after: Sequence[DeviceSession] = ()) -> None:
        """Begin; once only. `after`: sessions that are ending and may still hold the port; they are waited for, but not for long."""
        self._after = tuple(after)
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end; `join` waits for it."""
        self._stopping.set()
        self._retry.set()
        self._driver.cancel()

    def join(self, timeout: float) -> bool:
        """True if the thread has ended within `timeout` seconds, or never ran."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def retry(self) -> None:
        """Try again at once: the device was seen being plugged in, or somebody pressed the button."""
        self._retry.set()

    def post(self, command: Command) -> bool:
        """Have `command` run on the device's thread soon. False, and nothing done, while there is no link: late beeps help nobody."""
        if self.state not in (LinkState.READY, LinkState.DEGRADED):
            return False
        self._commands.put(command)
        self._driver.wake()
        return True

    # --- the device's thread ---

    def _run(self) -> None:
        for predecessor in self._after:
            predecessor.join(PREDECESSOR_S)
        self._after = ()
        while not self._stopping.is_set():
            reason = self._live()
            if not self._stopping.is_set():
                self._rest(reason)
        self._driver.finish()
        self._go(LinkState.DISABLED, Reason.STOPPED)

    def _live(self) -> Reason:
        """From opening to losing the link; returns why it ended."""
        ready_at: float | None = None
        try:
            self._go(LinkState.OPENING)
            self._driver.open()
            self._go(LinkState.PROBING)
            findings = self._driver.probe()
            ready_at = self._clock()
            self._go(LinkState.READY)
            self._welcome()
            self._deliver(findings)
            while not self._stopping.is_set():
                self._run_commands()
                self._deliver(self._driver.step())
            return Reason.STOPPED
        except LinkError as trouble:
            self._complain(trouble.reason, trouble)
            return trouble.reason
        except Exception:
            # A bug of ours must not end the thread silently: the device would be dead until the next start.
            if not self._complained:
                self._complained = True
                log.exception("%s: driver failed", self.info.name)
            return Reason.OTHER
        finally:
            if ready_at is not None:
                self._backoff.held(self._clock() - ready_at)
            self._driver.close()

    def _rest(self, reason: Reason) -> None:
        delay = self._backoff.next_delay()
        if reason in MISCONFIGURED_REASONS and self.state in (LinkState.OPENING, LinkState.PROBING):
            self._go(LinkState.MISCONFIGURED, reason)
            # A port just plugged in is denied for a moment, until its rights are set; after that only a person helps.
            delay = delay if delay < MISCONFIGURED_SOON_S else MISCONFIGURED_RETRY_S
        elif reason is Reason.ABSENT and self.state is LinkState.OPENING:
            self._go(LinkState.ABSENT, reason)
            # Looking whether a port is there costs next to nothing, and somebody is waiting for it.
            delay = min(delay, ABSENT_MOST_S)
        else:
            self._go(LinkState.LOST, reason)
            self._go(LinkState.BACKOFF, reason)
            if reason is Reason.NO_REPLY:
                # The line is there, the device is switched off: one more question costs little, and somebody will switch it on.
                delay = min(delay, SILENT_MOST_S)
        while not self._commands.empty():
            self._commands.get()
        until = self._clock() + delay
        while not self._retry.is_set() and (left := until - self._clock()) > 0:
            self._driver.while_down(reason)
            self._retry.wait(min(left, TICK_S))
        if self._retry.is_set() and not self._stopping.is_set():
            # Plugged in just now, or somebody pressed the button: this is a new beginning.
            self._retry.clear()
            self._backoff.restart()

    def _run_commands(self) -> None:
        while not self._commands.empty():
            self._deliver(self._commands.get()())

    def _deliver(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event, DeviceFault):
                self._health(event.reason)
                continue
            if isinstance(event, PrinterStatus):
                self._health(None if event.ready else next(iter(event.reasons), Reason.OTHER))
            try:
                self._on_event(event)
            except Exception:
                log.exception("%s: the receiver of %s failed", self.info.name, type(event).__name__)

    def _health(self, reason: Reason | None) -> None:
        wanted = LinkState.READY if reason is None else LinkState.DEGRADED
        if (wanted, reason) != (self.state, self.reason):
            self._go(wanted, reason)

    def _go(self, state: LinkState, reason: Reason | None = None) -> None:
        if state not in TRANSITIONS[self.state]:
            raise AssertionError(f"{self.info.name}: {self.state.value} -> {state.value} is not a step")
        self.state = state
        self.reason = reason
        try:
            self._on_link(state, reason)
        except Exception:
            log.exception("%s: the receiver of link states failed", self.info.name)

    def _complain(self, reason: Reason, trouble: LinkError) -> None:
        # Once when lost, once when back: a printer that is off over night must not fill the log.
        # Whoever is being stopped misses nothing.
        if not self._complained and reason is not Reason.STOPPED and not self._stopping.is_set():
            self._complained = True
            log.warning("%s: no link (%s)", self.info.name, trouble)

    def _welcome(self) -> None:
        if self._complained:
            self._complained = False
            log.info("%s: link is back", self.info.name)
