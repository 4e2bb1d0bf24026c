"""How a presenter has something done off the GUI thread without knowing threads."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Worker(Protocol):
    """Runs jobs one after another, elsewhere; the answers come back in the caller's (GUI) thread.

    `app/ui/bridge.py` implements it over an executor. `failed` gets what the job raised; without it, the shell reports the fault.
    """

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Queues `job`; `done(result)` follows in the GUI thread."""
