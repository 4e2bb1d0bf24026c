"""Where parcels and pallets stand as this device knows it: rows, and the facts they do not contain yet. Used by `services.load`."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from app.flows.load_events import Pallet, Parcel
from app.services.old_labels import number_now, old_parcel
from app.services.ports import UnitOfWork
from sync.contract import facts
from sync.contract.codes import PalletState, ParcelState
from sync.contract.rows import PalletRow, ParcelRow

#: So many parcels are looked through for the list of trucks.
MOST_WAITING = 4000
#: What left the bench so much before the newest, and was never scanned into a truck, has gone some other way.
_READY_FOR = timedelta(days=7)
_NOWHERE = ""


class Standing:
    """One moment of rows and unsettled facts. Owns what the facts say beyond the rows, oldest first."""

    def __init__(self, u: UnitOfWork) -> None:
        self._u = u
        self._states: dict[str, PalletState] = {}
        self._carriers: dict[str, str] = {}
        self._on: dict[str, str] = {}
        self._loads: dict[str, str] = {}
        self._shipped: set[str] = set()
        for logged in u.journal.unsettled():
            self._hear(logged.fact)

    def _hear(self, fact: facts.Fact) -> None:
        match fact:
            case facts.PalletOpen(pallet=pallet, carrier=carrier):
                self._states[pallet] = PalletState.OPEN
                self._carriers.setdefault(pallet, carrier)
            case facts.PalletPut(pallet=pallet, parcel=parcel):
                self._on[parcel] = pallet
                self._states.setdefault(pallet, PalletState.OPEN)
            case facts.PalletTake(pallet=pallet, parcel=parcel):
                self._on[parcel] = _NOWHERE
            case facts.PalletClose(pallet=pallet):
                self._states[pallet] = PalletState.CLOSED
            case facts.LoadScan(load=load, sscc=sscc):
                self._loads[sscc] = load
            case facts.LoadTake(sscc=sscc):
                self._loads[sscc] = _NOWHERE
            case facts.ParcelShip(parcel=id) | facts.ParcelLeave(parcel=id):
                self._shipped.add(id)

    def parcel(self, row: ParcelRow) -> Parcel:
        """A parcel as it stands."""
        pallet = self._on.get(row.sscc, row.pallet)
        load = self._loads.get(row.sscc, self._loads.get(pallet, row.load) if pallet else row.load)
        shipped = row.id in self._shipped and row.state is not ParcelState.VOID
        state = ParcelState.SHIPPED if shipped else row.state
        now = number_now(self._u, row)
        return Parcel(row.sscc, row.carrier, state, row.order, pallet, load, bool(row.manifest), now)

    def find_parcel(self, code: str) -> Parcel | None:
        """The parcel with this SSCC or tracking number; also one that is void whose number stands in a carrier's barcode."""
        found = self._u.rows.find(ParcelRow, "code", code)
        row = found[0] if found else old_parcel(self._u, code)
        return self.parcel(row) if row else None

    def on(self, pallet: str) -> tuple[Parcel, ...]:
        """What stands on a pallet, in order of SSCC."""
        rows = {row.sscc: row for row in self._u.rows.find(ParcelRow, "pallet", pallet)}
        for sscc, where in self._on.items():
            if where == pallet and sscc not in rows:
                rows |= {row.sscc: row for row in self._u.rows.find(ParcelRow, "code", sscc)[:1]}
        known = (self.parcel(row) for _, row in sorted(rows.items()))
        return tuple(parcel for parcel in known if parcel.pallet == pallet)

    def pallet(self, sscc: str) -> Pallet:
        """A pallet as it stands; a number that nobody knows is one whose label is printed."""
        row = self._u.rows.get(PalletRow, sscc)
        parcels = self.on(sscc)
        carrier = (row.carrier if row else "") or self._carriers.get(sscc, "")
        carrier = carrier or next((parcel.carrier for parcel in parcels if parcel.carrier), "")
        load = self._loads.get(sscc, row.load if row else "")
        state = self._states.get(sscc, row.state if row else PalletState.PLANNED)
        # What came out of a truck again is wrapped, as it went in.
        if sscc in self._loads:
            state = PalletState.LOADED if load else PalletState.CLOSED
        return Pallet(sscc, state, carrier, parcels, load)

    def pallets(self) -> list[Pallet]:
        """Those that are begun and have not left."""
        ids = {row.id for row in self._u.rows.all(PalletRow) if row.state is not PalletState.PLANNED} | set(
            self._states
        )
        return [self.pallet(id) for id in sorted(ids)]

    def unused(self, device: str) -> list[str]:
        """Numbers of labels that this device fetched and nobody used."""
        return [
            row.id
            for row in self._u.rows.all(PalletRow)
            if row.state is PalletState.PLANNED and row.device == device and row.id not in self._states
        ]

    def inside(self, load: str) -> tuple[tuple[Pallet, ...], tuple[Parcel, ...]]:
        """Pallets and single parcels in a truck."""
        pallets = {row.id for row in self._u.rows.all(PalletRow) if row.load == load}
        scanned = [sscc for sscc, where in self._loads.items() if where == load]
        parcels = {row.sscc: row for row in self._u.rows.find(ParcelRow, "load", load)}
        for sscc in scanned:
            found = self._u.rows.find(ParcelRow, "code", sscc)
            if found:
                parcels[sscc] = found[0]
            else:
                pallets.add(sscc)
        whole = tuple(pallet for pallet in map(self.pallet, sorted(pallets)) if pallet.load == load)
        alone = (self.parcel(row) for _, row in sorted(parcels.items()))
        return whole, tuple(parcel for parcel in alone if parcel.load == load and not self._rides(parcel, whole))

    def _rides(self, parcel: Parcel, pallets: Iterable[Pallet]) -> bool:
        return any(parcel.pallet == pallet.sscc for pallet in pallets)

    def waiting(self, carrier: str | None = None) -> list[Parcel]:
        """Parcels that are ready and in no truck, of one carrier or of all."""
        by = self._u.rows
        rows = by.ranked(ParcelRow, "waits", MOST_WAITING) if carrier is None else by.find(ParcelRow, "waits", carrier)
        here = {row.id for row in rows}
        own = (by.get(ParcelRow, id) for id in sorted(self._shipped - here))
        rows = [*rows, *(row for row in own if row is not None and carrier in (None, row.carrier))]
        return [parcel for parcel in map(self.parcel, _fresh(rows)) if not parcel.load]

    def ready(self, carrier: str) -> tuple[tuple[str, ...], int]:
        """What should be in the carrier's truck and is not: SSCCs of wrapped pallets and single parcels; and how many parcels stand on
        pallets that are open."""
        wanted: set[str] = set()
        unwrapped = 0
        states: dict[str, PalletState] = {}
        for parcel in self.waiting(carrier):
            if parcel.pallet and parcel.pallet not in states:
                states[parcel.pallet] = self.pallet(parcel.pallet).state
            if parcel.pallet and states[parcel.pallet] in (PalletState.PLANNED, PalletState.OPEN):
                unwrapped += 1
            else:
                wanted.add(parcel.pallet or parcel.sscc)
        return tuple(sorted(wanted)), unwrapped


def unlisted(parcels: Iterable[Parcel]) -> Counter[str]:
    """How many of these are in no manifest, by carrier."""
    return Counter(parcel.carrier for parcel in parcels if not parcel.listed)


def _fresh(rows: list[ParcelRow]) -> list[ParcelRow]:
    """Without those that left the bench long before the newest."""
    times = {row.id: datetime.fromisoformat(row.shipped_at) for row in rows if row.shipped_at}
    if not times:
        return rows
    since = max(times.values()) - _READY_FOR
    return [row for row in rows if times.get(row.id, since) >= since]
