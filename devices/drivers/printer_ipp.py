"""Printers that speak IPP, and CUPS queues: asks for state, hands over a document as a job, follows that job.

What a finished job proves depends on who says so. A printer that counts the impressions of this very job has printed it (level 3). A raw
CUPS queue is done when it has passed the bytes on, which proves nothing about the label: such a job ends UNCERTAIN.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from devices.codecs import ipp
from devices.codecs.ipp import Attributes, Operation, Response
from devices.drivers.base import Evidence
from devices.model import PrinterIdentity, PrinterStatus, PrintJob, Reason
from devices.transports.base import LinkError
from devices.transports.ipp import HttpPost

REPLY_S = 2.0
SEND_S = 10.0
LOOK_S = 0.1
_KIND = "application/ipp"
_FORMATS = ("application/vnd.zebra-zpl", "application/vnd.cups-raw", "application/octet-stream")
_SHOWN = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png"}
"""Documents that say by their first bytes what they are; a printer that knows the kind need not guess."""
_STATE = ("printer-state", "printer-state-reasons", "printer-is-accepting-jobs")
_WHO = (
    "printer-make-and-model",
    "printer-info",
    "printer-firmware-string-version",
    "document-format-supported",
    "printer-device-id",
)
_JOB = ("job-state", "job-state-reasons", "job-impressions-completed")
_IDLE, _PROCESSING, _STOPPED = 3, 4, 5
_JOB_CANCELED, _JOB_ABORTED, _JOB_COMPLETED = 7, 8, 9

# RFC 8011 5.4.12 and PWG 5100.9; the ends -error, -warning and -report say how bad it is.
_REASONS = {
    "media-empty": Reason.MEDIA_EMPTY,
    "media-needed": Reason.MEDIA_EMPTY,
    "media-low": Reason.MEDIA_LOW,
    "media-jam": Reason.MEDIA_JAM,
    "cover-open": Reason.COVER_OPEN,
    "door-open": Reason.COVER_OPEN,
    "marker-supply-empty": Reason.MARKER_SUPPLY_EMPTY,
    "toner-empty": Reason.MARKER_SUPPLY_EMPTY,
    "paused": Reason.PAUSED,
    "moving-to-paused": Reason.PAUSED,
    "shutdown": Reason.ABSENT,
    "offline": Reason.ABSENT,
    "connecting-to-device": Reason.BUSY,
    "timed-out": Reason.TIMED_OUT,
}
_STOPPERS = frozenset(
    {Reason.MEDIA_EMPTY, Reason.MEDIA_JAM, Reason.COVER_OPEN, Reason.MARKER_SUPPLY_EMPTY, Reason.PAUSED}
)


class IppPrinterDriver:
    """One printer at an address such as `ipp://host:631/ipp/print`. It remembers the number that the printer gave to our last job."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        parts = urlsplit(url)
        if parts.scheme != "ipp" or not parts.hostname:
            raise ValueError(f"{url!r} is not ipp://host[:port]/path")
        port = parts.port or 631
        self._path = parts.path or "/ipp/print"
        self._uri = f"ipp://{parts.netloc}{self._path}"
        self._post = HttpPost(parts.hostname, port)
        self._clock = clock
        self._numbers = itertools.count(1)
        self._format = _FORMATS[-1]
        self._knows: frozenset[str] = frozenset()
        self.confirm_level = 3
        self._job: int | None = None

    def connect(self) -> None:
        """Each question has a connection of its own."""

    def disconnect(self) -> None:
        """Nothing is open between questions."""

    def identify(self) -> PrinterIdentity | None:
        """Make, model and firmware; also chooses the document format under which our bytes go through untouched."""
        found = self._printer(_WHO)
        if found is None:
            return None
        formats = ipp.texts(found, "document-format-supported")
        self._format = next((wanted for wanted in _FORMATS if wanted in formats), _FORMATS[-1])
        self._knows = frozenset(formats)
        model = next(iter(ipp.texts(found, "printer-make-and-model")), "")
        # A raw queue is a pipe: what it says of a job, it says of the pipe.
        self.confirm_level = 1 if "raw printer" in model.lower() else 3
        return PrinterIdentity(model, next(iter(ipp.texts(found, "printer-firmware-string-version")), ""))

    def status(self) -> PrinterStatus:
        """`printer-state-reasons` in our words. A stopped printer without a reason is paused."""
        try:
            found = self._printer(_STATE)
        except LinkError as trouble:
            if trouble.reason is not Reason.TIMED_OUT:
                raise
            found = None
        if found is None:
            return PrinterStatus(None, (Reason.NO_REPLY,))
        return status_of(found)

    def clear_partial(self) -> None:
        """A job that was cut off in the middle is thrown away by the printer itself."""

    def prepare(self, job: PrintJob) -> bytes:
        """A whole Print-Job request: the document and its name, which is the job's id."""
        self._job = None
        more = {
            "requesting-user-name": ipp.name("floorhand"),
            "job-name": ipp.name(job.job_id),
            "document-format": ipp.mime(self._format_of(job.payload)),
        }
        attributes = {"copies": ipp.integer(job.copies)} if job.copies > 1 else {}
        return ipp.request(Operation.PRINT_JOB, next(self._numbers), self._uri, more, attributes, job.payload)

    def _format_of(self, payload: bytes) -> str:
        shown = next((kind for start, kind in _SHOWN.items() if payload.startswith(start)), None)
        if shown is None:
            return self._format
        return shown if shown in self._knows else _FORMATS[-1]

    def send(self, wire: bytes) -> None:
        """Hand the job over. A printer that answers that it will not have it has printed nothing: LinkError with `sent` 0."""
        response = _parsed(self._post.ask(self._path, wire, _KIND, SEND_S), len(wire))
        job = ipp.first_int(response.jobs[0], "job-id") if response.jobs else None
        if not response.ok:
            raise LinkError(Reason.DENIED, f"the printer refused the job ({response.status:#06x})")
        if job is None:
            raise LinkError(Reason.WRONG_DIALECT, "the printer gave the job no number", len(wire))
        self._job = job

    def evidence(self, job: PrintJob, timeout: float) -> Evidence:
        """Look at our job a few times within `timeout` seconds; its impressions count as labels only when it is completed."""
        deadline = self._clock() + timeout
        while True:
            state, impressions, reasons = self._look()
            if state == _JOB_COMPLETED:
                printed = self.confirm_level == 3 and impressions >= job.expected
                return Evidence(
                    job.expected if printed else 0, consumed=True, status=None if printed else self.status()
                )
            if state in (_JOB_CANCELED, _JOB_ABORTED):
                return Evidence(0, consumed=True, status=PrinterStatus(False, (Reason.ABORTED, *reasons)))
            if self._clock() + LOOK_S >= deadline:
                break
            self._post.pause(LOOK_S)
        status = self.status()
        # Of a printer that is at work on our job, also a warning says why it takes so long. The job itself is in the printer's care:
        # the queue waits for it as for a label that is being printed.
        reasons = status.reasons or tuple(reason for reason in status.warnings if reason in _STOPPERS)
        return Evidence(0, status=replace(status, reasons=reasons, formats=1))

    def cancel(self) -> None:
        """See PrinterDriver.cancel."""
        self._post.cancel()

    def _look(self) -> tuple[int, int, tuple[Reason, ...]]:
        assert self._job is not None
        more = {
            "job-id": ipp.integer(self._job),
            "requesting-user-name": ipp.name("floorhand"),
            "requested-attributes": ipp.keywords(*_JOB),
        }
        response = self._ask(Operation.GET_JOB_ATTRIBUTES, more)
        if not response.ok or not response.jobs:
            # A job that the printer has forgotten is over, and nobody knows how.
            return _JOB_ABORTED, 0, (Reason.OTHER,)
        found = response.jobs[0]
        impressions = ipp.first_int(found, "job-impressions-completed") or 0
        return ipp.first_int(found, "job-state") or 0, impressions, ()

    def _printer(self, wanted: tuple[str, ...]) -> Attributes | None:
        response = self._ask(Operation.GET_PRINTER_ATTRIBUTES, {"requested-attributes": ipp.keywords(*wanted)})
        if not response.ok or not response.printers:
            raise LinkError(Reason.WRONG_DIALECT, f"no such printer ({response.status:#06x})")
        return response.printers[0]

    def _ask(self, operation: Operation, more: dict[str, ipp.Asked]) -> Response:
        wire = ipp.request(operation, next(self._numbers), self._uri, more)
        return _parsed(self._post.ask(self._path, wire, _KIND, REPLY_S), 0)


@dataclass(frozen=True, slots=True)
class CupsQueue:
    """One queue of a print server: its name for people, its address, its model, and the address of the printer behind it."""

    name: str
    url: str
    model: str
    device: str


def cups_queues(host: str = "localhost", port: int = 631) -> tuple[CupsQueue, ...]:
    """The queues of a CUPS server (CUPS-Get-Printers). LinkError when there is no server, or it is no CUPS."""
    wanted = ("printer-name", "printer-uri-supported", "printer-make-and-model", "device-uri")
    more = {"requested-attributes": ipp.keywords(*wanted)}
    wire = ipp.request(Operation.CUPS_GET_PRINTERS, 1, None, more)
    response = _parsed(HttpPost(host, port).ask("/", wire, _KIND, REPLY_S), 0)
    queues = []
    for found in response.printers:
        name, uri, model, device = (next(iter(ipp.texts(found, key)), "") for key in wanted)
        if name:
            queues.append(CupsQueue(name, f"ipp://{host}:{port}{urlsplit(uri).path}?dialect=ipp", model, device))
    return tuple(queues)


def status_of(found: Attributes) -> PrinterStatus:
    """A printer's attributes as its state."""
    errors: list[Reason] = []
    warnings: list[Reason] = []
    state = ipp.first_int(found, "printer-state")
    for word in ipp.texts(found, "printer-state-reasons"):
        base, _, severity = word.rpartition("-")
        if severity not in ("error", "warning", "report"):
            base, severity = word, "error"
        if base == "none" or severity == "report":
            continue
        reason = _REASONS.get(base, Reason.OTHER)
        # While it is able to go on, a complaint is a warning; a stopped printer is stopped by whatever it complains of.
        serious = severity == "error" and (base in _REASONS or state == _STOPPED)
        (errors if serious or state == _STOPPED else warnings).append(reason)
    if state == _STOPPED and not errors:
        errors.append(Reason.PAUSED)
    if found.get("printer-is-accepting-jobs") == [False]:
        errors.append(Reason.STOPPED)
    if state not in (_IDLE, _PROCESSING, _STOPPED):
        return PrinterStatus(None, (Reason.NO_REPLY,))
    return PrinterStatus(not errors, tuple(dict.fromkeys(errors)), tuple(dict.fromkeys(warnings)))


def _parsed(data: bytes, sent: int) -> Response:
    try:
        return ipp.parse(data)
    except ValueError as trouble:
        raise LinkError(Reason.WRONG_DIALECT, str(trouble), sent) from trouble
