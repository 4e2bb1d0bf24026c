"""Print queues of this machine's CUPS. Asks the spooler for its list, no printer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from devices.discovery.found import Found, plain
from devices.discovery.polling import PollingSource
from devices.drivers.printer_ipp import CupsQueue, cups_queues
from devices.model import Role
from devices.transports.base import LinkError
from devices.transports.urls import key_for

POLL_S = 30.0


class CupsQueues(PollingSource):
    """Looks at the list now and then, and when a person searches."""

    way = "print queue"

    def __init__(self, queues: Callable[[], Sequence[CupsQueue]] = cups_queues, poll_s: float = POLL_S) -> None:
        super().__init__(poll_s)
        self._queues = queues

    def look(self) -> Sequence[Found]:
        """See PollingSource.look. OSError when there is no spooler."""
        try:
            queues = self._queues()
        except LinkError as trouble:
            raise OSError(str(trouble)) from trouble
        return [self._found(queue) for queue in queues]

    def _found(self, queue: CupsQueue) -> Found:
        url = queue.url
        model = plain(queue.model)
        return Found(key_for(url), url, Role.LABEL_PRINTER, "ipp", plain(queue.name) or model, model, "", (self.way,))
