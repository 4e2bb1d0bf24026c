"""Labels from the pack flow to the printer of this station, and the printer's reports back, in each other's words."""

from app.services.api import LabelReport
from app.services.ports import NoPrinter, PrintRequest
from app.wiring.labels import LabelBook
from devices.hub import DeviceHub
from devices.model import JobReport, JobState, PrintJob, Role
from devices.printing import DuplicateJob

_STATES = {
    JobState.QUEUED: "queued",
    JobState.PREFLIGHT: "sending",
    JobState.SENDING: "sending",
    JobState.SENT: "sending",
    JobState.PRINTED: "printed",
    JobState.FAILED: "failed",
    JobState.UNCERTAIN: "unsure",
}


class StationPrinting:
    """`app.services.ports.Printing` on the device hub: to whichever printer has the role of label printer here."""

    def __init__(self, hub: DeviceHub, book: LabelBook | None = None, words: str = "en") -> None:
        self._hub = hub
        self._book = book or LabelBook()
        self._words = words

    def print(self, label: PrintRequest) -> None:
        """See the port."""
        try:
            built = self._book.build("shipping", _values(label), self._words)
            job = PrintJob(label.print_job, built.payload, meaning=f"{label.order} {label.sscc}")
            self._hub.print(Role.LABEL_PRINTER, job)
        except DuplicateJob:
            # The queue has this very label already: what becomes of it is reported, it must not come out again.
            return
        except ValueError as bad:
            raise NoPrinter("other") from bad


def _values(label: PrintRequest) -> dict[str, str | tuple[str, ...]]:
    grams = label.weight_g
    return {
        "sscc": label.sscc,
        "order": label.order,
        "carrier": label.carrier,
        "service": label.service,
        "tracking": label.tracking,
        "ship_to": label.ship_to,
        "ship_from": label.ship_from,
        "parcel": label.parcel,
        "weight": "" if grams is None else f"{grams // 1000}.{grams % 1000:03d} kg",
    }


def label_report(report: JobReport) -> LabelReport:
    """The print queue's report as the pack flow takes it."""
    reason = report.reasons[0].value if report.reasons else ""
    return LabelReport(report.job_id, _STATES[report.state], report.level, reason=reason)
