"""The only thing that carries anything across threads into Qt: device events, and the answers of work done elsewhere.

Built by `app.ui.application`; the bootstrap hands its methods to the device hub and the sync driver as sinks.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.core.messages import Message
from app.core.outcome import Changes
from app.core.scan import ScanInput
from app.core.views import DeviceStatus, LinkStatus
from app.services.api import LabelReport, Weight

T = TypeVar("T")


class Listener(Protocol):
    """Who hears what the bridge brings, in the GUI thread: the shell."""

    def on_scan(self, scan: ScanInput) -> None: ...
    def on_weight(self, weight: Weight) -> None: ...
    def on_label(self, report: LabelReport) -> None: ...
    def on_link(self, link: LinkStatus) -> None: ...
    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None: ...
    def on_desk(self) -> None: ...
    def on_changes(self, changes: Changes) -> None: ...
    def on_notice(self, message: Message) -> None: ...


class Bridge(QObject):
    """Lives in the GUI thread; every `on_...` may be called from any thread and arrives there in order.

    Scans, label reports, changes and notices are never dropped. Weights come many a second: only the latest waiting one is delivered;
    so does the word that a device of the set-up screen changed.
    """

    _posted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._listener: Listener | None = None
        self._weight: Weight | None = None
        self._desk_waits = False
        self._posted.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def listen(self, listener: Listener) -> None:
        """Names who hears; events before that wait in the queue only until the event loop runs."""
        self._listener = listener

    def stop(self) -> None:
        """Nobody hears any more: what still arrives is dropped, as the window it was for is gone."""
        self._listener = None

    def post(self, job: Callable[[], None]) -> None:
        """Runs `job` in the GUI thread, soon."""
        self._posted.emit(job)

    def on_scan(self, scan: ScanInput) -> None:
        """A scanner read something."""
        self._tell(lambda to: to.on_scan(scan))

    def on_weight(self, weight: Weight) -> None:
        """The scale said something; an older reading still waiting is replaced."""
        first = self._weight is None
        self._weight = weight
        if first:
            self._tell(self._deliver_weight)

    def on_label(self, report: LabelReport) -> None:
        """The print queue reports on one label."""
        self._tell(lambda to: to.on_label(report))

    def on_link(self, link: LinkStatus) -> None:
        """The connection to the centre stands so."""
        self._tell(lambda to: to.on_link(link))

    def on_devices(self, devices: tuple[DeviceStatus, ...]) -> None:
        """All devices of this place, as they stand now."""
        self._tell(lambda to: to.on_devices(devices))

    def on_desk(self) -> None:
        """A device of the set-up screen changed; who hears it looks for itself."""
        if not self._desk_waits:
            self._desk_waits = True
            self._tell(self._deliver_desk)

    def on_changes(self, changes: Changes) -> None:
        """Something on disk changed that no screen asked for."""
        self._tell(lambda to: to.on_changes(changes))

    def on_notice(self, message: Message) -> None:
        """The centre, or this device, has something to say."""
        self._tell(lambda to: to.on_notice(message))

    def _deliver_weight(self, to: Listener) -> None:
        weight, self._weight = self._weight, None
        if weight is not None:
            to.on_weight(weight)

    def _deliver_desk(self, to: Listener) -> None:
        self._desk_waits = False
        to.on_desk()

    def _tell(self, deliver: Callable[[Listener], None]) -> None:
        self._posted.emit(lambda: deliver(self._listener) if self._listener else None)

    @Slot(object)
    def _run(self, job: Callable[[], None]) -> None:
        job()


class ThreadWorker:
    """A `Worker` over one thread: jobs run one after another there, the answers come back through the bridge.

    `on_fault` hears, in the GUI thread, what a job raised when its caller gave no `failed`.
    """

    def __init__(
        self, bridge: Bridge, name: str, on_fault: Callable[[Exception], None], pool: Executor | None = None
    ) -> None:
        self._bridge = bridge
        self._on_fault = on_fault
        self._stopped = False
        self._pool = pool or ThreadPoolExecutor(1, thread_name_prefix=name)

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Queues `job`; `done(result)` or `failed(error)` follows in the GUI thread. After `stop` nothing is done any more."""
        if self._stopped:
            return

        def arrived(future: Future[T]) -> None:
            if future.cancelled():
                # It still waited when the window ended.
                return
            error = future.exception()
            if error is None:
                self._bridge.post(lambda: done(future.result()))
            elif isinstance(error, Exception):
                self._bridge.post(lambda: (failed or self._on_fault)(error))

        self._pool.submit(job).add_done_callback(arrived)

    def stop(self) -> None:
        """Lets the job in hand end and forgets those that wait."""
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)
