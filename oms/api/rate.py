"""Keeps guessing slow: so many tries a minute for pairing, tokens and sign-in, per asker, counted in this process."""

import threading
import time
from collections.abc import Callable

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode

_SWEEP_AT = 10_000


class Rate:
    """A leaking bucket per key: `burst` at once, then one every `every_s` seconds."""

    def __init__(self, burst: int, every_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._every_s = every_s
        self._clock = clock
        self._guard = threading.Lock()
        #: key -> when its bucket will be empty again
        self._empty_at: dict[str, float] = {}

    def spend(self, key: str) -> None:
        """Counts one try; raises `Refusal` 429 when it is one too many."""
        now = self._clock()
        with self._guard:
            if len(self._empty_at) >= _SWEEP_AT:
                self._empty_at = {k: t for k, t in self._empty_at.items() if t > now}
            empty_at = max(now, self._empty_at.get(key, now)) + self._every_s
            if empty_at - now > self._burst * self._every_s:
                wait = empty_at - now - self._burst * self._every_s
                raise Refusal(429, ErrorCode.RATE_LIMITED, retry_after_s=max(1, round(wait)))
            self._empty_at[key] = empty_at
