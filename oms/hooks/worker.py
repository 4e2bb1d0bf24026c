"""Beside the server's application: takes events into the sequence, hands them out, and keeps receivers served. Several servers may run it.

A receiver that is slow keeps its own lane busy, and slow ones together never more than half of the lanes.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from oms.channels.sealing import Sealer
from oms.db.work import Works
from oms.hooks import sequence
from oms.hooks.sealed import seal_all
from oms.hooks.serving import ACTOR, Server, due, forget, hand_out
from oms.hooks.settings import HookSettings

_log = logging.getLogger(__name__)
_FORGET_EVERY: Final = 600
#: What else follows the sequence: does a part of its work, and says how much that was.
Follower = Callable[[], int]


class HookDesk:
    """Owns the thread that follows events and the lanes. `followers` are run with it."""

    def __init__(
        self, works: Works, site: str, settings: HookSettings, sealer: Sealer, followers: Sequence[Follower] = ()
    ) -> None:
        self._works, self._site, self._settings, self._followers = works, site, settings, followers
        self._sealer = sealer
        self._server = Server(works, site, settings, sealer)
        self._stopping = threading.Event()
        self._wanted = [threading.Event() for _ in range(settings.lanes)]
        self._threads = [threading.Thread(target=self._follow, name="hooks", daemon=True)]
        self._threads += [
            threading.Thread(target=self._lane, args=(n,), name=f"hooks-{n}", daemon=True)
            for n in range(settings.lanes)
        ]

    def start(self) -> None:
        """Returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the messages that are on their way."""
        self._stopping.set()
        self._wake()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(self._settings.timeout_s + 2)

    def _wake(self) -> None:
        for wanted in self._wanted:
            wanted.set()

    def step(self) -> int:
        """Follows events once: how much there was to do."""
        done = self._works.run(self._site, ACTOR, sequence.step)
        done += self._works.run(self._site, ACTOR, hand_out)
        return done + sum(follow() for follow in self._followers)

    def _follow(self) -> None:
        rounds = 0
        while not self._stopping.is_set():
            busy = 0
            try:
                if rounds % _FORGET_EVERY == 0:
                    # Before anything is served: what is not sealed cannot be opened.
                    self._works.run(self._site, ACTOR, lambda w: seal_all(w, self._sealer))
                    self._works.run(self._site, ACTOR, forget)
                busy = self.step()
                if self._works.run(self._site, ACTOR, due):
                    self._wake()
            except SQLAlchemyError as error:
                _log.info("events have to wait: %s", type(error).__name__)
            rounds += 1
            if not busy:
                self._stopping.wait(self._settings.every_s)

    def _lane(self, number: int) -> None:
        slow_too = number < max(1, self._settings.lanes // 2)
        wanted = self._wanted[number]
        while True:
            wanted.wait()
            wanted.clear()
            try:
                while not self._stopping.is_set() and self._server.serve(slow_too=slow_too):
                    pass
            except SQLAlchemyError as error:
                _log.info("messages have to wait: %s", type(error).__name__)
            if self._stopping.is_set():
                return
