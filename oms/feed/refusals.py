"""The one exception by which the server half of sync says no; the API turns it into a status and an `ErrorBody`."""

from sync.contract.codes import ErrorCode


class Refusal(Exception):
    """A request that is not carried out. `last_seq` and `chain` tell a device where its log stands (epoch, fork, gap), `epoch` which
    time line this server is in."""

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        detail: str = "",
        *,
        last_seq: int | None = None,
        chain: str | None = None,
        retry_after_s: int | None = None,
        epoch: int | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {detail}".strip())
        self.status = status
        self.code = code
        self.detail = detail
        self.last_seq = last_seq
        self.chain = chain
        self.retry_after_s = retry_after_s
        self.epoch = epoch
