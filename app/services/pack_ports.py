"""What the bench needs for carriers' labels and papers: the centre's shipping desk, the printers, and somebody to run errands. Used by
`services.pack` and `services.pack_papers`; built by the bootstrap."""

from dataclasses import dataclass
from typing import Protocol

from app.core.messages import Message
from app.services.api import LabelReport
from app.services.camera import CameraPort
from app.services.ports import Printing
from sync.contract.shipping import LabelFormat, LabelReply


@dataclass(frozen=True, slots=True)
class CarrierBytes:
    """A carrier's label as it was bought: `body` is in `format`, and goes to a printer only cleaned. `meaning` names it for people, and
    tells two labels of one parcel apart."""

    body: bytes
    format: LabelFormat
    meaning: str


class ShippingDesk(Protocol):
    """The centre's counter for labels and papers. Each waits for the network and ends in an answer, `CentreAway` or `CentreRefused`."""

    def label(self, parcel: str, timeout_s: float) -> LabelReply:
        """The carrier's label of a parcel: the same bytes however often it is asked."""

    def paper(self, kind: str, key: str, timeout_s: float) -> bytes:
        """A paper of a parcel, or of its order, as PDF."""


class SheetPrinting(Protocol):
    """The ways to the printers of this station that others' bytes take. Each returns at once; what becomes of a job is reported."""

    def print_carrier(self, print_job: str, label: CarrierBytes) -> None:
        """Queues a carrier's label at a label printer. Raises `NoPrinter`, also for what no printer here understands."""

    def print_same(self, print_job: str, first: str, meaning: str) -> bool:
        """Queues the very bytes of the print job `first` once more; False when they are not kept, or were another label's."""

    def has_paper_printer(self) -> bool:
        """Whether papers can come out here at all."""

    def unsent(self) -> tuple[str, ...]:
        """Print jobs of which nothing may have left yet."""

    def call_back(self, print_job: str) -> bool:
        """Gives a print job up before its first byte; False when it is too late for that."""

    def print_paper(self, print_job: str, pdf: bytes, meaning: str) -> None:
        """Queues a paper at a printer of pages. Raises `NoPrinter`."""


class Hears(Protocol):
    """Whom the errands tell."""

    def label(self, report: LabelReport) -> None:
        """A label could not even be queued."""

    def changed(self) -> None:
        """A label or a paper stands otherwise than a moment ago."""

    def notice(self, message: Message) -> None:
        """Something to say to whoever stands at the bench."""


class Later(Protocol):
    """Whoever runs the errands of the bench, seen from the bench. Nothing here waits."""

    def wake(self) -> None:
        """A label was asked for: there may be something to fetch."""

    def once_more(self, print_job: str) -> None:
        """A carrier's label of which nothing was sent when its printer or program was switched off has to be brought once more."""

    def again(self, parcel: str) -> bool:
        """The papers of a parcel are wanted once more, the last one's when empty; False when it has none."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What belongs to one pack station: its name, its printer, who fetches carriers' labels and papers, and its camera."""

    station: str
    printing: Printing
    later: Later | None = None
    camera: CameraPort | None = None
