"""How carriers' labels and papers stand at the bench, from rows, the flow's state and the print queue's journal. Reads only.

Used by `services.pack`, `services.pack_view`, `services.pack_owed` and `services.pack_errands`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from app.core.messages import Code, Message, say
from app.core.scan import ScanKind, ScanMeaning
from app.core.views import PackStep, PaperCard
from app.flows.pack_state import PRINTING, PackState
from app.services.old_labels import recognised
from app.services.pack_ports import Later
from app.services.ports import UnitOfWork
from app.services.states import decode
from sync.contract.codes import JobKind, ParcelState
from sync.contract.returns import SHORTEST_NUMBER
from sync.contract.rows import ParcelRow
from sync.contract.shipping import CarrierLabel, PaperKind

KIND = JobKind.PACK.value
#: Version of the stored shape of `PackState`.
VERSION = 3
#: What the print queue writes of a job before its first byte leaves; None: it never had the job.
NOTHING_SENT = (None, "queued", "preflight")
_FINAL = ("printed", "uncertain", "failed")
#: The reason keyword of a job that was switched off with its program or its printer before anything was sent.
RESTARTED = "stopped"
#: Papers of the whole order: they go with its last parcel.
OF_ORDER = frozenset({PaperKind.INVOICE, PaperKind.RETURN_SLIP})
#: Stands between the parcel and another order in it, in the name of a print job.
GUEST = ":"
LABEL_STEPS = (PackStep.LABEL, PackStep.LABEL_UNSURE, PackStep.SCAN_BACK)

_FATES = {"printed": "printed", "failed": "failed", "uncertain": "unsure"}
_PENDING = {CarrierLabel.PROBLEM: "problem", CarrierLabel.READY: "fetching"}


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that goes with a parcel: of its own order, or of another `order` in it."""

    kind: PaperKind
    parcel: str
    order: str = ""

    def print_job(self, n: int = 1) -> str:
        """Name of the n-th print job of this paper; a printer takes no letter of an order's number, and no long name."""
        guest = f"{GUEST}{sha256(self.order.encode()).hexdigest()[:8]}" if self.order else ""
        return f"{self.kind.value}.{self.parcel}{guest}.{n}"


def kept_states(u: UnitOfWork) -> dict[str, PackState]:
    """Job -> where it stands, of those begun and not finished here."""
    states = ((kept.job, decode(kept, PackState, VERSION)) for kept in u.flows.unfinished(KIND))
    return {job: state for job, state in states if state is not None}


def waiting_states(u: UnitOfWork) -> list[PackState]:
    """Parcels that were weighed here and have not left, on the bench or put down."""
    return [state for state in kept_states(u).values() if state.step in LABEL_STEPS]


def carriers(row: ParcelRow | None) -> bool:
    """Whether somebody else's label goes on the parcel."""
    return row is not None and row.label is not CarrierLabel.OWN


def label_missing(u: UnitOfWork, state: PackState) -> str:
    """Why the label of the parcel in hand is not even at the printer: `pending` (not bought yet), `problem` (somebody has to look at it),
    `fetching` (it is on its way here); empty when it is there, or our own."""
    if state.step is not PackStep.LABEL or state.label != PRINTING:
        return ""
    row = u.rows.get(ParcelRow, state.parcel)
    if row is None or not carriers(row) or u.prints.fate(state.print_job) is not None:
        return ""
    return _PENDING.get(row.label, "pending")


def label_prompt(u: UnitOfWork, state: PackState) -> Message | None:
    """What to do while the carrier's label is not here; None when there is nothing special to do."""
    codes = {"pending": Code.LABEL_PENDING, "problem": Code.LABEL_PROBLEM}
    code = codes.get(label_missing(u, state))
    return say(code) if code else None


def goes_on(u: UnitOfWork, state: PackState, meaning: ScanMeaning) -> bool:
    """Whether this scan is the next tote, taken while the label of the parcel in hand is still at the carrier's."""
    if meaning.kind not in (ScanKind.TOTE, ScanKind.ORDER, ScanKind.BIN) or meaning.also:
        return False
    return meaning.id not in (*state.totes, state.order) and bool(label_missing(u, state))


def not_bought(u: UnitOfWork, state: PackState) -> bool:
    """True while no label that could be on the parcel exists: then nothing proves that one is."""
    row = u.rows.get(ParcelRow, state.parcel)
    return row is not None and carriers(row) and row.label is not CarrierLabel.READY


def void_row(u: UnitOfWork, meaning: ScanMeaning) -> ParcelRow | None:
    """The parcel that was opened again, or called off, whose label this is; None when it is anything else."""
    row = u.rows.get(ParcelRow, meaning.id) if meaning.kind is ScanKind.PARCEL else None
    return row if row is not None and row.state is ParcelState.VOID else None


def on_label(u: UnitOfWork, meaning: ScanMeaning, active: PackState | None) -> ScanMeaning:
    """Carriers print their number between their own prefix and check digits: a code nobody knows that holds the number of the parcel in
    hand, or at an empty bench of one put down, is that parcel; also that of one that is no more."""
    if meaning.kind is not ScanKind.UNKNOWN:
        return meaning
    text = "".join(meaning.fields.text.split()).upper()
    for state in waiting_states(u) if active is None else (active,):
        row = u.rows.get(ParcelRow, state.parcel) if state.step in LABEL_STEPS else None
        number = "".join(row.tracking.split()).upper() if row is not None else ""
        if len(number) >= SHORTEST_NUMBER and number in text:
            return ScanMeaning(ScanKind.PARCEL, state.parcel, meaning.fields)
    return recognised(u, meaning)


def put_down_with(u: UnitOfWork, parcel: str) -> PackState | None:
    """The state of a parcel that waits here for its label to be scanned."""
    return next((state for state in waiting_states(u) if state.parcel == parcel), None)


def labels_put_down(u: UnitOfWork, states: Iterable[PackState]) -> dict[str, str]:
    """Job -> how the label of its parcel stands, of those of `states` that wait here for one."""
    steps = {PackStep.LABEL_UNSURE: "unsure", PackStep.SCAN_BACK: "printed"}
    return {
        state.job: label_missing(u, state) or steps.get(state.step, state.label)
        for state in states
        if state.step in LABEL_STEPS
    }


def papers_of(row: ParcelRow, state: PackState) -> tuple[Paper, ...]:
    """The papers that go into this parcel: those of an order when nothing of it comes after, also of each other order that shares it
    (the same channel and country, so the same papers)."""
    own = tuple(Paper(kind, row.id) for kind in row.papers if not state.to_come or kind not in OF_ORDER)
    of_orders = [kind for kind in row.papers if kind in OF_ORDER]
    inside, still = {one.item for one in state.inside}, {line.item for line in state.lines if not line.closed}
    guests = [
        guest for guest in state.guests if inside.intersection(guest.items) and not still.intersection(guest.items)
    ]
    return (*own, *(Paper(kind, row.id, guest.order) for guest in guests for kind in of_orders))


def may_be_drawn(row: ParcelRow, paper: PaperKind) -> bool:
    """Whether the centre knows enough: what went in, its weight, and for customs the number it travels under."""
    if row.state is ParcelState.PLANNED:
        return False
    return paper is not PaperKind.CUSTOMS or row.label in (CarrierLabel.OWN, CarrierLabel.READY)


def papers_owed(u: UnitOfWork) -> tuple[PaperCard, ...]:
    """Papers that have not come out yet, whichever parcel they are of."""
    cards = []
    for owed in u.papers.owed():
        row, fate = u.rows.get(ParcelRow, owed.parcel), u.prints.fate(owed.print_job)
        if row is None or row.state is ParcelState.VOID or fate in _FATES.keys() - {"failed"}:
            continue
        stands = "fetching" if fate is None else _FATES.get(fate, "printing")
        cards.append(PaperCard(owed.kind, owed.note or stands, owed.order or row.order))
    return tuple(cards)


def paper_cards(u: UnitOfWork, state: PackState, later: Later | None) -> tuple[PaperCard, ...]:
    """How the papers of the parcel in hand fare. `later`: somebody fetches them."""
    row = u.rows.get(ParcelRow, state.parcel)
    if row is None or later is None:
        return ()
    asked = state.step not in (PackStep.UNITS, PackStep.CARTON, PackStep.WEIGHT)
    cards = []
    for paper in papers_of(row, state):
        fate = u.prints.fate(paper.print_job())
        stands = "fetching" if asked else "waiting"
        if fate is not None:
            stands = _FATES.get(fate, "printing")
        cards.append(PaperCard(paper.kind.value, u.papers.note(paper.print_job()) or stands, paper.order))
    return tuple(cards)


def settled(fate: str | None, watched: bool) -> str | None:
    """What the print queue last wrote down of a job, or what that comes to when the program that watched its printer has ended: `failed`
    where nothing was sent, else `uncertain`."""
    if fate is None or fate in _FINAL or watched:
        return fate
    return "failed" if fate in NOTHING_SENT else "uncertain"
