"""The cursor of a device: a place in the feed of one time line. Devices carry it around without looking inside."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to version `ver` of time line `epoch` has been seen."""

    epoch: int
    ver: int

    def text(self) -> str:
        """As it travels; never empty."""
        return urlsafe_b64encode(f"{self.epoch}.{self.ver}".encode()).decode().rstrip("=")


def parse(text: str, epoch: int) -> Cursor:
    """Reads a cursor; an empty one is the start of time line `epoch`. Raises `Refusal` 400."""
    if not text:
        return Cursor(epoch, 0)
    try:
        of, ver = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")
        cursor = Cursor(int(of), int(ver))
    except ValueError as error:
        raise Refusal(400, ErrorCode.INVALID, "cursor") from error
    if not (0 <= cursor.ver < 2**62 and 0 <= cursor.epoch < 2**62):
        raise Refusal(400, ErrorCode.INVALID, "cursor")
    return cursor
