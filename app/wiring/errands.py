"""The thread that fetches carriers' labels and papers while people pack. Built by the bootstrap around `services.pack_errands`."""

import logging
import threading
from collections.abc import Callable

_log = logging.getLogger(__name__)

_STOP_S = 8.0


class ErrandThread:
    """Owns one thread that calls `run` when it is rung for, and again after as many seconds as `run` said."""

    def __init__(self, run: Callable[[], float | None]) -> None:
        self._run = run
        self._rung = threading.Condition()
        self._ring = False
        self._ended = False
        self._thread = threading.Thread(target=self._work, name="errands", daemon=True)

    def start(self) -> None:
        """Begins; what was left over from before is looked for at once."""
        self.ring()
        self._thread.start()

    def ring(self) -> None:
        """There may be something to do. Any thread; returns at once."""
        with self._rung:
            self._ring = True
            self._rung.notify()

    def stop(self) -> None:
        """Ends it, after the errand under way."""
        with self._rung:
            self._ended = True
            self._rung.notify()
        if self._thread.is_alive():
            self._thread.join(_STOP_S)

    def _work(self) -> None:
        wait: float | None = None
        while True:
            with self._rung:
                self._rung.wait_for(lambda: self._ring or self._ended, wait)
                if self._ended:
                    return
                self._ring = False
            try:
                wait = self._run()
            except Exception:
                # One label that breaks something must not keep all others away.
                _log.exception("an errand broke")
                wait = _STOP_S


def soonest(*waits: float | None) -> float | None:
    """Of several kinds of errands, in how many seconds the first is worth trying again; None when none is."""
    return min((wait for wait in waits if wait is not None), default=None)
