"""What draws plots is loaded on the network worker when the first one is wanted: it takes seconds. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from app.core.outcome import Outcome
from app.core.work import Worker


class Charts:
    """`ready` once plots can be drawn; `load` makes them so, and `then` is called after it."""

    def __init__(self, network: Worker, load: Callable[[], None], then: Callable[[], None]) -> None:
        self._network, self._load, self._then = network, load, then
        self._loads = False
        self.ready = False

    def want(self) -> None:
        """Nobody waits for it; wanted again it costs nothing."""
        if not self.ready and not self._loads:
            self._loads = True
            self._network.submit(self._loaded, lambda _outcome: self._tell())

    def fail(self) -> None:
        """Work on the network was lost: who wants plots again has them loaded again."""
        self._loads = False

    def _loaded(self) -> Outcome[None]:
        self._load()
        return Outcome("charts", None)

    def _tell(self) -> None:
        self.ready = True
        self._then()
