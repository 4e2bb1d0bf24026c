"""What a bench asks of the centre beside its facts: opening a parcel again that is closed already. Nothing of it works offline."""

from msgspec import Struct

from sync.contract.codes import ReopenReason


class ReopenRequest(Struct, frozen=True, kw_only=True):
    """`POST /v1/parcels/reopen`. `parcel` is an id or an SSCC, `session` that of the packer, or of the supervisor who stands by."""

    parcel: str
    session: str
    reason: ReopenReason


class ReopenReply(Struct, frozen=True, kw_only=True):
    """The goods are in `tote` (named after the parcel's SSCC) with the pack job `job`; or the `reason` (a message code) why not. Asked
    again, the answer is the same."""

    tote: str | None
    job: str | None
    reason: str | None
    epoch: int
    server_time: str


class PhotoUpload(Struct, frozen=True, kw_only=True):
    """`POST /v1/photos`. A JPEG (base64 of at most 300 000 bytes) that a fact (`photo.taken`) of the same device told of by its `sha256`
    (hex)."""

    sha256: str
    body: str


class PhotoReply(Struct, frozen=True, kw_only=True):
    """The centre has it; `known`: it had it before."""

    sha256: str
    known: bool
    epoch: int
    server_time: str
