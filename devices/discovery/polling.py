"""A source that looks at its place again and again, on a thread of its own. Base of the sources that read the system's lists."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from devices.discovery.finder import Report
from devices.discovery.found import Found

log = logging.getLogger(__name__)

POLL_S = 1.0
STOP_S = 1.0


class PollingSource:
    """Calls `look` each `poll_s` seconds and at once when `nudge`d, and reports what changed."""

    way = "polling"

    def __init__(self, poll_s: float = POLL_S) -> None:
        self._poll_s = poll_s
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def look(self) -> Sequence[Found]:
        """What is there now. OSError: nothing to be seen this time."""
        raise NotImplementedError

    def start(self, report: Report) -> None:
        """See Source.start."""
        self._thread = threading.Thread(target=self._run, args=(report,), name=f"finding {self.way}", daemon=True)
        self._thread.start()

    def nudge(self) -> None:
        """Something was plugged in or out: look now. Any thread."""
        self._bell.set()

    def search(self) -> None:
        """See Source.search: reading a list disturbs nobody."""
        self.nudge()

    def stop(self) -> None:
        """See Source.stop."""
        self._stopping.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _run(self, report: Report) -> None:
        before: tuple[Found, ...] | None = None
        complained = False
        while not self._stopping.is_set():
            try:
                now = tuple(self.look())
                complained = False
            except OSError as trouble:
                now = ()
                if not complained:
                    log.info("nothing found by %s: %s", self.way, trouble)
                complained = True
            if now != before and not self._stopping.is_set():
                before = now
                report(now)
            self._bell.wait(self._poll_s)
            self._bell.clear()
