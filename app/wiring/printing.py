"""Labels from the pack flow to the printer of this station, and the printer's reports back, in each other's words."""

import logging
from dataclasses import replace

from app.services.api import LabelReport
from app.services.load_ports import Again
from app.services.pack_ports import CarrierBytes
from app.services.ports import NoPrinter, PrintRequest
from app.services.receive_ports import GoodsLabel
from app.wiring.labels import LabelBook, Spoken, spoken_at
from devices.codecs.printers.zpl_foreign import foreign_job
from devices.hub import DeviceHub
from devices.model import DeviceKey, JobReport, JobState, LinkState, PrintJob, Role
from devices.printing import DuplicateJob
from devices.registry import dialect_of
from sync.contract.shipping import LabelFormat

_log = logging.getLogger(__name__)

#: Signs of a number of the shop's own that bars have room for; longer ones, and those with other signs, are a square.
_MOST_IN_BARS = 20

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
    """`app.services.ports.Printing` and `app.services.pack_ports.SheetPrinting` on the hub: to the printers that have the role here."""

    def __init__(self, hub: DeviceHub, book: LabelBook, words: str) -> None:
        """`words` is the language of the fixed words on labels."""
        self._hub = hub
        self._book = book
        self._words = words

    def print(self, label: PrintRequest) -> None:
        """See the port."""
        try:
            to, spoken = self._printer()
            built = self._book.build("shipping", _values(label), self._words, spoken)
            if built.changed:
                _log.info(
                    "%s: the printer's fonts lack letters of %d texts; they are spelt otherwise",
                    label.order,
                    len(built.changed),
                )
            job = PrintJob(label.print_job, built.payload, meaning=f"{label.order} {label.sscc}")
            self._hub.print(to, job)
        except DuplicateJob:
            # The queue has this very label already: what becomes of it is reported, it must not come out again.
            return
        except ValueError as bad:
            raise NoPrinter("other") from bad

    def print_pallet(self, print_job: str, sscc: str, company: str, name: str) -> None:
        """See `app.services.load_ports.PalletLabels`."""
        try:
            to, spoken = self._printer()
            if not self.has_label_printer():
                raise NoPrinter("absent")
            built = self._book.build("sscc", {"sscc": sscc, "company": company, "name": name}, self._words, spoken)
            self._hub.print(to, PrintJob(print_job, built.payload, meaning=f"pallet {sscc}"))
        except DuplicateJob:
            return
        except ValueError as bad:
            raise NoPrinter("other") from bad

    def print_goods(self, print_job: str, label: GoodsLabel, copies: int) -> None:
        """See `app.services.receive_ports.GoodsLabels`."""
        try:
            if not self.has_label_printer():
                raise NoPrinter("absent")
            to, spoken = self._printer()
            built = self._book.build("goods", _goods(label), self._words, spoken)
            self._hub.print(to, PrintJob(print_job, built.payload, copies, meaning=f"goods {label.sku}"))
        except DuplicateJob:
            return
        except ValueError as bad:
            _log.info("%s: a label of %s cannot be printed: %s", print_job, label.sku, bad)
            raise NoPrinter("other") from bad

    def has_label_printer(self) -> bool:
        """See `app.services.receive_ports.GoodsLabels`."""
        return any(info.role is Role.LABEL_PRINTER for info, _, _ in self._hub.devices())

    def print_carrier(self, print_job: str, label: CarrierBytes) -> None:
        """See `app.services.pack_ports.SheetPrinting`. ZPL goes cleaned to a printer that speaks it, pictures to IPP."""
        try:
            to, spoken = self._printer()
            if label.format is LabelFormat.ZPL:
                if spoken.language != "zpl":
                    raise NoPrinter("wrong-dialect")
                job = foreign_job(print_job, label.body, label.meaning, dpmm=spoken.dpmm)
            else:
                to, job = self._of_pictures(), PrintJob(print_job, label.body, meaning=label.meaning, foreign=True)
            self._hub.print(to, job)
        except DuplicateJob:
            return
        except ValueError as bad:
            _log.info("%s: a carrier's label cannot be printed: %s", print_job, bad)
            raise NoPrinter("other") from bad

    def print_same(self, print_job: str, first: str, meaning: str) -> bool:
        """See `app.services.pack_ports.SheetPrinting`."""
        job = self._hub.prints.job(first)
        if job is None or not job.payload or job.meaning != meaning:
            return False
        again = replace(job, job_id=print_job, printer="")
        try:
            self._hub.print(self._of_pictures() if again.payload[:1] in b"%\x89" else self._printer()[0], again)
        except DuplicateJob:
            return True
        return True

    def has_paper_printer(self) -> bool:
        """See `app.services.pack_ports.SheetPrinting`."""
        return any(info.role is Role.PAPER_PRINTER for info, _, _ in self._hub.devices())

    def unsent(self) -> tuple[str, ...]:
        """See `app.services.pack_ports.SheetPrinting`."""
        begun = (JobState.QUEUED, JobState.PREFLIGHT)
        return tuple(report.job_id for report in self._hub.prints.reports() if report.state in begun)

    def call_back(self, print_job: str) -> bool:
        """See `app.services.pack_ports.SheetPrinting`."""
        return self._hub.prints.cancel(print_job, "bench")

    def print_paper(self, print_job: str, pdf: bytes, meaning: str) -> None:
        """See `app.services.pack_ports.SheetPrinting`."""
        try:
            self._hub.print(Role.PAPER_PRINTER, PrintJob(print_job, pdf, serialised=False, meaning=meaning))
        except DuplicateJob:
            return
        except ValueError as bad:
            raise NoPrinter("other") from bad

    def print_list(self, print_job: str, pdf: bytes, meaning: str, again: Again | None) -> None:
        """See `app.services.load_ports.ListPrinting`."""
        why = (again.first, again.why, again.by) if again else ("", "", "")
        if again:
            # Of one that perhaps came out: whoever wants it once more has looked.
            self.found(again.first, again.why == "copy", again.by)
        try:
            job = PrintJob(print_job, pdf, 1, False, meaning, "", *why)
            self._hub.print(Role.PAPER_PRINTER, job)
        except DuplicateJob as other:
            if again:
                raise NoPrinter("other") from other
        except ValueError as bad:
            raise NoPrinter("other") from bad

    def _of_pictures(self) -> DeviceKey:
        """The first label printer that takes a page as it is, one that is ready before others. Raises `NoPrinter`."""
        printers = [(info, state) for info, state, _ in self._hub.devices() if info.role is Role.LABEL_PRINTER]
        able = [(info, state) for info, state in printers if dialect_of(info.role, info.url) == "ipp"]
        ready = [info for info, state in able if state is LinkState.READY]
        if not able:
            raise NoPrinter("wrong-dialect")
        return (ready or [info for info, _ in able])[0].key

    def found(self, print_job: str, came_out: bool, who: str) -> None:
        """See the port."""
        try:
            if came_out:
                self._hub.prints.scanned(print_job, who)
            else:
                self._hub.prints.decide(print_job, False, who)
        except (KeyError, ValueError):
            # The queue never had it, or knew what became of it without being told.
            return

    def _printer(self) -> tuple[Role | DeviceKey, Spoken]:
        """Whichever label printer is free, as long as all of them speak the same; else the first that is ready, and no other stands in."""
        printers = [(info, state) for info, state, _ in self._hub.devices() if info.role is Role.LABEL_PRINTER]
        spoken = {spoken_at(info.url) for info, _ in printers} or {Spoken("zpl", 8)}
        if len(spoken) == 1:
            return Role.LABEL_PRINTER, spoken.pop()
        ready = [info for info, state in printers if state is LinkState.READY]
        chosen = (ready or [info for info, _ in printers])[0]
        return chosen.key, spoken_at(chosen.url)


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


def _goods(label: GoodsLabel) -> dict[str, str]:
    code = label.code
    own = not (code.gtin or code.content)
    bars = own and len(label.sku) <= _MOST_IN_BARS and all(" " <= sign <= "~" for sign in label.sku)
    return {
        "name": label.name,
        "sku": label.sku,
        "count": str(label.units),
        "lot": label.lot,
        "expiry": label.expiry,
        "order": label.order,
        "day": label.day,
        "place": label.place,
        "gtin": code.gtin,
        "content": code.content,
        "expiry_code": code.expiry,
        "count_code": code.count,
        "lot_code": code.lot,
        "bars": label.sku if bars else "",
        "square": label.sku if own and not bars else "",
    }


def label_report(report: JobReport) -> LabelReport:
    """The print queue's report as the pack flow takes it."""
    reason = report.reasons[0].value if report.reasons else ""
    return LabelReport(report.job_id, _STATES[report.state], report.level, reason=reason)
