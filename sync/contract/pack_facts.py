"""Facts of the bench beside packing: totes set aside, orders that share a parcel, pictures. Part of `sync.contract.facts`."""

from msgspec import Struct

from sync.contract.codes import HoldReason, PhotoOf


class PackHold(Struct, frozen=True, kw_only=True):
    """`pack.hold@1`: the tote was set aside at `place` (a bin), with what is packed of it. item = None."""

    job: str
    tote: str | None
    reason: HoldReason
    place: str
    note: str = ""


class PackResume(Struct, frozen=True, kw_only=True):
    """`pack.resume@1`: a tote that was set aside is on the bench again. item = None."""

    job: str
    tote: str | None
    station: str


class PackJoin(Struct, frozen=True, kw_only=True):
    """`pack.join@1`: `tote` of another `order` of the same customer was scanned at the bench: what its packing `other` packs goes into
    `parcel`, which is the one of `job`. item = None."""

    job: str
    parcel: str
    order: str
    other: str
    tote: str | None = None


class PackPart(Struct, frozen=True, kw_only=True):
    """`pack.part@1`: they go in parcels of their own after all; what of `order` was in has come out (`pack.undo`). item = None."""

    job: str
    parcel: str
    order: str
    other: str


class PhotoTaken(Struct, frozen=True, kw_only=True):
    """`photo.taken@1`: a picture of a parcel, or of damage seen at it. The picture itself is sent apart, by its `sha256` (hex) and `size`
    (bytes); `width` and `height` are pixels. item = None."""

    job: str
    parcel: str
    sha256: str
    size: int
    width: int
    height: int
    of: PhotoOf = PhotoOf.PARCEL
