"""What presenters may ask of the services. One unit of work per call; every call answers in the same envelope.

Calls of `SignIn` and `Orders.release` may wait for the network (seconds) and run on the network worker; all others only touch the
disk of this device and run on the store worker.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views import HomeView, NoticeCard, OrdersView, PackView, Person, PickView, SignInView
from sync.contract.codes import HoldReason, PhotoOf, ReopenReason, ShortReason


@dataclass(frozen=True, slots=True)
class Weight:
    """A reading of the scale: grams, whether it may be acted on, and when (monotonic seconds). `load` counts what has been put on the
    scale: the same number as before is the same thing, still lying there; None where nobody counts. `scale` is what people call it,
    `division` one step of it in grams."""

    grams: Decimal
    stable: bool
    at: float
    state: str = "stable"
    load: int | None = None
    scale: str = ""
    division: float = 1.0


@dataclass(frozen=True, slots=True)
class LabelReport:
    """What the print queue says about one label: `state` is queued | sending | printed | failed | unsure; `level` the rung reached."""

    print_job: str
    state: str
    level: int
    printer: str = ""
    reason: str = ""


class SignIn(Protocol):
    """Who is at the device."""

    def view(self) -> Outcome[SignInView]: ...
    def badge(self, text: str) -> Outcome[SignInView]:
        """A badge was scanned. Signs in, or says why not."""

    def pin(self, number: str, pin: str) -> Outcome[SignInView]:
        """A worker number and PIN were typed."""

    def sign_out(self) -> Outcome[SignInView]:
        """Ends the session; unstarted jobs go back to the pool, started ones stay for whoever comes next."""

    def lock(self) -> Outcome[SignInView]:
        """Nobody has touched the device for a while: whoever is here must show who they are before anything goes on. Their own badge or
        PIN unlocks, somebody else's signs them out and the other one in. Survives a restart."""


class Home(Protocol):
    """Where a person lands after signing in."""

    def view(self, person: Person) -> Outcome[HomeView]: ...


class Pick(Protocol):
    """Picking on this device, by any method."""

    def view(self) -> Outcome[PickView | None]:
        """The pick in progress, exactly where it was left (also after a crash), or None."""

    def start_next(self) -> Outcome[PickView | None]:
        """Opens the next job this device holds, by priority."""

    def start(self, job: str) -> Outcome[PickView | None]: ...
    def on_scan(self, scan: ScanInput) -> Outcome[PickView | None]: ...
    def ask_short(self) -> Outcome[PickView | None]:
        """Opens the question "why?"; nothing is recorded yet."""

    def short(self, reason: ShortReason, note: str = "", damaged: int | None = None) -> Outcome[PickView | None]:
        """Gives the line up. `damaged` is how many broken units lie in the bin, if that is not what is missing."""

    def cancel_short(self) -> Outcome[PickView | None]:
        """Closes the question on screen, whichever it is."""

    def skip(self) -> Outcome[PickView | None]: ...
    def undo(self) -> Outcome[PickView | None]:
        """Takes the last act back (a unit, a put, a line given up), by compensating facts."""

    def quantity(self, qty: int) -> Outcome[PickView | None]:
        """So many more of the item just scanned."""

    def from_scale(self, weight: Weight) -> Outcome[PickView | None]:
        """As many more of it as lie on the scale."""

    def take_out(self) -> Outcome[PickView | None]:
        """The next serial number scanned goes back into the bin."""

    def substitute(self) -> Outcome[PickView | None]:
        """Another item is taken instead, if its customer allows it."""

    def call_goods(self) -> Outcome[PickView | None]:
        """Goods are called for the bin."""

    def answer(self, empty: bool) -> Outcome[PickView | None]:
        """The answer to "is it empty?"."""

    def full(self, fits: int = 0) -> Outcome[PickView | None]:
        """The tote is full; the tote of the slot on screen after `fits` more units."""

    def walk(self) -> Outcome[PickView | None]:
        """The slots without a tote get theirs later."""

    def put(self) -> Outcome[PickView | None]:
        """The units are in their slot, where no proof is wanted."""

    def rest_later(self) -> Outcome[PickView | None]:
        """The rest of the slot's order is picked by somebody later."""

    def unload(self) -> Outcome[PickView | None]:
        """The cart is full: its totes are set down now."""

    def take_over(self, job: str) -> Outcome[PickView | None]:
        """Takes a job from whoever has it. May wait for the network."""

    def acknowledge(self) -> Outcome[PickView | None]:
        """The person has understood the refusal on screen."""

    def leave(self) -> Outcome[PickView | None]:
        """Puts the job down; it can be resumed here."""


class Pack(Protocol):
    """Packing at this station."""

    def view(self) -> Outcome[PackView]: ...
    def on_scan(self, scan: ScanInput) -> Outcome[PackView]: ...
    def choose_carton(self, code: str) -> Outcome[PackView]: ...
    def weight(self, weight: Weight) -> Outcome[PackView]: ...
    def confirm_supplies(self) -> Outcome[PackView]:
        """Everything on the parcel's checklist is in."""

    def release_weight(self, badge: str, reason: str) -> Outcome[PackView]:
        """A supervisor's badge lets a weight mismatch pass."""

    def missing(self) -> Outcome[PackView]:
        """The current line's missing units are not in the tote: supervisor releases, see `release_missing`."""

    def release_missing(self, badge: str, reason: ShortReason) -> Outcome[PackView]: ...
    def undo(self) -> Outcome[PackView]:
        """Takes the unit that went in last out of the parcel again, as long as the parcel has no label."""

    def close_parcel(self) -> Outcome[PackView]:
        """The parcel is full: it gets its label now, and the rest goes into the next one."""

    def fetch(self, reason: ShortReason) -> Outcome[PackView]:
        """What the current line lacks is fetched at once, and the parcel waits for it."""

    def fetch_other(self) -> Outcome[PackView]:
        """The same with the best item that the customer takes instead."""

    def hold(self) -> Outcome[PackView]:
        """The tote is to be put aside: `hold_for` says why, then its place is scanned. `undo` is the way back."""

    def hold_for(self, reason: HoldReason) -> Outcome[PackView]: ...
    def ask_reopen(self) -> Outcome[PackView]:
        """The parcel whose label is awaited is to be opened again; at an empty bench its label is scanned instead."""

    def reopen(self, reason: ReopenReason, badge: str | None = None) -> Outcome[PackView]:
        """It is to be opened, in the name of the packer or of the supervisor whose badge it is. The view is `opening` until the centre
        was asked and `opened` has told what it said; no scan counts meanwhile."""

    def ask_centre(self) -> None:
        """Has the centre open it. Waits for the network: not on the store's thread."""

    def opened(self) -> Outcome[PackView]:
        """What came of that."""

    def join(self) -> Outcome[PackView]:
        """Another order of the same customer is to go in this parcel: its tote is scanned next."""

    def part(self) -> Outcome[PackView]:
        """The order that joined last goes in a parcel of its own; what is in of it comes out. Not once there is a label."""

    def photo(self, of: PhotoOf, path: str = "") -> Outcome[PackView]:
        """A picture of the parcel in hand, or of damage: the file `path`, else the newest of the camera. Reads and scales it."""

    def label_report(self, report: LabelReport) -> Outcome[PackView]: ...
    def label_came_out(self, came_out: bool) -> Outcome[PackView]:
        """The packer's answer when the printer could not say."""

    def reprint(self, reason: str) -> Outcome[PackView]: ...
    def papers(self) -> Outcome[PackView]:
        """The papers of the parcel in hand once more, or of the one before."""

    def acknowledge(self) -> Outcome[PackView]: ...
    def leave(self) -> Outcome[PackView]: ...


class Orders(Protocol):
    """The supervisor's order list."""

    def view(self, state: str, search: str) -> Outcome[OrdersView]:
        """`state` is an order state or `all`; `search` narrows by number or customer."""

    def release(self, numbers: tuple[str, ...]) -> Outcome[OrdersView]:
        """Lets orders onto the floor; needs the centre."""


class Notices(Protocol):
    """Instructions from the centre to the person here (`PUT_BACK`, `ORDER_CANCELLED` ...), over whatever screen is open."""

    def waiting(self) -> tuple[NoticeCard, ...]:
        """Oldest first. Ask again when `Changes` of sync arrive."""

    def acknowledge(self, id: int) -> tuple[NoticeCard, ...]:
        """The person has done what it says; answers what still waits."""
