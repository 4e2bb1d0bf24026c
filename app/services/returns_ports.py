"""What a presenter may ask of goods that come back. Implemented by `app.services.returns`."""

from typing import Protocol

from app.core.outcome import Outcome
from app.core.scan import ScanInput
from app.core.views_returns import ReturnView


class Returns(Protocol):
    """Boxes that customers sent back. Calls run on the store worker; none of them needs the centre."""

    def view(self) -> Outcome[ReturnView]:
        """The box that is open, exactly where it was left (also after a crash), or none."""

    def on_scan(self, scan: ScanInput) -> Outcome[ReturnView]: ...
    def no_label(self) -> Outcome[ReturnView]:
        """Opens a box on which nothing stands."""

    def grade(self, grade: str) -> Outcome[ReturnView]:
        """What state it is in: a `Grade`."""

    def way(self, way: str) -> Outcome[ReturnView]:
        """What is to become of it: a `Disposition`."""

    def put_aside(self) -> Outcome[ReturnView]:
        """It lies where the site keeps what somebody has to look at."""

    def empty(self) -> Outcome[ReturnView]:
        """Nothing more is in the box."""

    def undo(self) -> Outcome[ReturnView]: ...
    def leave(self) -> Outcome[ReturnView]:
        """Puts it down; it can be resumed here."""
