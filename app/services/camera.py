"""Where pictures at the bench come from, and what is kept of one. Used by `services.pack_photo`; built by the bootstrap."""

from dataclasses import dataclass
from typing import Protocol

#: A picture as it is kept and sent: no side is longer (pixels), and it is no larger (bytes).
LONGEST, MOST_BYTES = 1600, 300_000


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of ours, made anew: nothing but the picture itself is in it. Sizes in pixels."""

    body: bytes
    width: int
    height: int


class NotAPicture(Exception):
    """The file cannot be used; `reason` is `not_a_picture` or `too_large`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CameraPort(Protocol):
    """What takes pictures, or knows where they are. Both read and scale, which takes a while. Raise `NotAPicture`."""

    def newest(self) -> Picture | None:
        """The newest picture nobody has had yet; None when there is none."""

    def of_file(self, path: str) -> Picture | None:
        """The picture in a file; None when there is no such file."""
