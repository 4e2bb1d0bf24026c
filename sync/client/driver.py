"""The thread that keeps a device in step with its OMS. Built by the client's bootstrap; the only way into it is this class."""

from collections.abc import Callable
from concurrent.futures import Future
from random import Random

from sync.client.ports import Ports
from sync.client.status import Answer, Ask, ClaimPolicy, SyncStatus


class SyncThread:
    """Owns one daemon thread that runs the sync machine against the server.

    `on_status(SyncStatus)` and `on_changes(frozenset of entity names)` are called in the sync thread and must return at once.
    """

    def __init__(
        self,
        ports: Ports,
        app: str,
        on_status: Callable[[SyncStatus], None],
        on_changes: Callable[[frozenset[str]], None],
        policy: ClaimPolicy | None = None,
        rng: Random | None = None,
    ) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Starts the thread; returns at once whether or not there is a network."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ends the thread within a second, also in the middle of a request. Asks not answered end in `Unreachable`."""
        raise NotImplementedError

    def wake(self) -> None:
        """Something was committed (call after each unit of work) or the pairing changed: look at once. From any thread."""
        raise NotImplementedError

    def link_up(self) -> None:
        """The network came back: forget the back-off. From any thread."""
        raise NotImplementedError

    def set_policy(self, policy: ClaimPolicy) -> None:
        """Changes which work is fetched (sign-in, sign-out). From any thread."""
        raise NotImplementedError

    def request(self, ask: Ask, timeout_s: float = 5.0) -> "Future[Answer]":
        """Asks the server for something a person waits for. Ends in its reply, or in `Refused` or `Unreachable` within
        `timeout_s`. From any thread; the future's callbacks run in the sync thread."""
        raise NotImplementedError
