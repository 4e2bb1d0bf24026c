"""Facts about pallets and trucks: what lies on what, what went into the truck, and who took it over. Part
of `sync.contract.facts`; and what stations ask for beside."""

from msgspec import Struct


class PalletOpen(Struct, frozen=True, kw_only=True):
    """`pallet.open@1`: the label of an empty pallet was scanned; from here on parcels go onto it. `carrier` empty: that of the first
    parcel. item = None."""

    pallet: str
    carrier: str = ""
    place: str = ""


class PalletPut(Struct, frozen=True, kw_only=True):
    """`pallet.put@1`: a parcel (its SSCC) was scanned and set onto a pallet (its SSCC). item = None."""

    pallet: str
    parcel: str
    scan: str = ""


class PalletTake(Struct, frozen=True, kw_only=True):
    """`pallet.take@1`: a parcel was taken off a pallet again. item = None."""

    pallet: str
    parcel: str


class PalletClose(Struct, frozen=True, kw_only=True):
    """`pallet.close@1`: the pallet is wrapped, with `parcels` on it as the device counted them. `grams` 0: not weighed. item = None."""

    pallet: str
    parcels: int
    grams: int = 0


class LoadScan(Struct, frozen=True, kw_only=True):
    """`load.scan@1`: a pallet or parcel (its SSCC) went into the truck. `load` (32 hex digits) is made by the device when the truck is
    opened. item = None."""

    load: str
    carrier: str
    sscc: str
    lane: str = ""


class LoadTake(Struct, frozen=True, kw_only=True):
    """`load.take@1`: a pallet or parcel (its SSCC) came out of the truck again. item = None."""

    load: str
    sscc: str


class LoadHandover(Struct, frozen=True, kw_only=True):
    """`load.hand_over@1`: the driver took over what was loaded. `units` is what both counted, pallets and single parcels; `signature` are
    the strokes the driver drew, as `x,y x,y;x,y ...` in hundredths of the pad's width (at most 8,000 characters). item = None."""

    load: str
    carrier: str
    driver: str
    units: int
    plate: str = ""
    signature: str = ""
    note: str = ""
    #: Number of the seal on the doors, if there is one.
    seal: str = ""


#: What devices report of pallets and trucks.
LoadFact = PalletOpen | PalletPut | PalletTake | PalletClose | LoadScan | LoadTake | LoadHandover


class PalletsRequest(Struct, frozen=True, kw_only=True):
    """How many pallet labels are wanted."""

    count: int


class PalletsReply(Struct, frozen=True, kw_only=True):
    """An SSCC for each."""

    pallets: list[str]
    epoch: int
    server_time: str


#: Their part of `facts.HANDLED`.
LOAD_HANDLED: dict[tuple[str, int], type[LoadFact]] = {
    ("pallet.open", 1): PalletOpen,
    ("pallet.put", 1): PalletPut,
    ("pallet.take", 1): PalletTake,
    ("pallet.close", 1): PalletClose,
    ("load.scan", 1): LoadScan,
    ("load.take", 1): LoadTake,
    ("load.hand_over", 1): LoadHandover,
}
