"""The cursor of a device: a place in the feed of one time line. Devices carry it around without looking inside."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from oms.feed.refusals import Refusal
from sync.contract.codes import ErrorCode

_MOST = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to version `ver` of time line `epoch` has been seen, in rows of the shape `schema`.

    While a device fetches everything from the start, `base` is the head of the feed when it began: what had been deleted by then it
    never had, so it need not be told.
    """

    epoch: int
    ver: int
    base: int = 0
    schema: int = 1

    @property
    def knows_deletions(self) -> int:
        """The version up to which this device has nothing that is gone."""
        return max(self.ver, self.base)

    def text(self) -> str:
        """As it travels; never empty."""
        numbers = [self.epoch, self.ver]
        if (self.base, self.schema) != (0, 1):
            numbers += [self.base, self.schema]
        return urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def parse(text: str, epoch: int) -> Cursor:
    """Reads a cursor; an empty one is the start of time line `epoch`. Raises `Refusal` 400."""
    if not text:
        return Cursor(epoch, 0)
    try:
        numbers = [int(n) for n in urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split(".")]
    except ValueError as error:
        raise Refusal(400, ErrorCode.INVALID, "cursor") from error
    if len(numbers) not in (2, 4) or not all(0 <= n < _MOST for n in numbers):
        raise Refusal(400, ErrorCode.INVALID, "cursor")
    return Cursor(*numbers)
