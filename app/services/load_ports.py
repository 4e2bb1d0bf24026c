"""What presenters may ask of pallets, trucks and carriers' lists, and what those services need beside the store: the centre's answers, the
label printer, a folder for papers."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

from msgspec import Struct

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_load import LoadView, ManifestsView

R = TypeVar("R", bound=Struct)

#: How names of print jobs of pallet labels begin: nobody waits for them at the bench.
PALLET_JOB = "pallet-"


class Load(Protocol):
    """Pallets and trucks. Calls run on the store worker; `new_pallet`, `paper` and `print_again` may wait and run on the network worker."""

    def view(self) -> Outcome[LoadView]:
        """What is open, exactly where it was left (also after a crash), or the list."""

    def on_scan(self, scan: ScanInput) -> Outcome[LoadView]: ...
    def open(self, pallet: str) -> Outcome[LoadView]:
        """Brings a pallet to the screen, without its label."""

    def truck(self, carrier: str) -> Outcome[LoadView]:
        """Goes on with the truck of this carrier, or begins one."""

    def take_off(self) -> Outcome[LoadView]:
        """What is scanned next comes off or out."""

    def close(self) -> Outcome[LoadView]:
        """The pallet is wrapped; the truck is full."""

    def reopen(self) -> Outcome[LoadView]: ...
    def leave_behind(self) -> Outcome[LoadView]:
        """What is missing stays here."""

    def typed(self, text: str) -> Outcome[LoadView]:
        """The driver's name, the plate, the seal."""

    def hand_over(self, signature: str) -> Outcome[LoadView]:
        """The driver has it; `signature` as on the wire, empty without one."""

    def load_anyway(self) -> Outcome[LoadView]:
        """A supervisor lets the last scan into the truck although no list that is known here has it: the network may be away."""

    def undo(self) -> Outcome[LoadView]: ...
    def cancel(self) -> Outcome[LoadView]:
        """Back from a question."""

    def leave(self) -> Outcome[LoadView]:
        """Puts it down; it can be resumed here."""

    def new_pallet(self) -> Outcome[LoadView]:
        """The next number is printed as a label. Without the centre: while numbers that were fetched before last."""

    def print_again(self, pallet: str) -> Outcome[LoadView]: ...
    def paper(self, why: str = "") -> Outcome[LoadView]:
        """The content list of the pallet, or the hand-over list of the truck: printed where there is a printer of papers, once more only
        with a reason (`lost`, `spoilt`, `copy`); else kept as a file."""


class Manifests(Protocol):
    """What carriers take along, day by day. All but `view` ask the centre and run on the network worker."""

    def view(self) -> Outcome[ManifestsView]: ...
    def fetch(self) -> Outcome[ManifestsView]: ...
    def close(self, carrier: str) -> Outcome[ManifestsView]: ...
    def paper(self, id: str, why: str = "") -> Outcome[ManifestsView]:
        """The hand-over list of one, as with `Load.paper`."""


@dataclass(frozen=True, slots=True)
class Again:
    """A list is printed once more: `why` (`lost`, `spoilt`, `copy`), for whom, and which print job it repeats."""

    why: str
    by: str
    first: str = ""


class ListPrinting(Protocol):
    """The way to the printer of papers of this station."""

    def has_paper_printer(self) -> bool:
        """Whether papers can come out here at all."""

    def print_list(self, print_job: str, pdf: bytes, meaning: str, again: Again | None) -> None:
        """Queues a list and returns at once. Raises `app.services.ports.NoPrinter`."""


class Asked(Protocol):
    """The centre, as these services ask it."""

    def online(self) -> bool:
        """Whether it answered last time. Never waits."""

    def post(self, path: str, body: Struct, reads: type[R], timeout_s: float) -> R:
        """One question; raises `CentreAway` or `CentreRefused`."""

    def paper(self, kind: str, key: str, timeout_s: float) -> bytes:
        """A paper as PDF, by its name in `GET /v1/documents/{kind}/{key}`; raises as `post`."""


class PalletLabels(Protocol):
    """The way to the label printer of this station."""

    def print_pallet(self, print_job: str, sscc: str, company: str, name: str) -> None:
        """Queues the label of a pallet and returns at once. Raises `app.services.ports.NoPrinter`."""


class Papers(Protocol):
    """Where papers go that were asked for."""

    def keep(self, name: str, body: bytes) -> str:
        """Keeps a PDF; under which name people find it. Raises `OSError`."""
