"""What the hand-over service needs beside the ports of the other services: the store's book of hand-overs, keys, and a pen for QR codes."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from app.services.ports import UnitOfWork
from sync.contract.facts import HandedItem
from sync.contract.handover import HandOver, Opened, Trust
from sync.contract.wire import DeviceCredential


class Given(Protocol):
    """The hand-over this device gave."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def confirmed(self) -> bool:
        """Whether somebody said that they have it."""


class Taken(Protocol):
    """A hand-over this device took."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def label(self) -> str:
        """What the giver is called."""


class HandOvers(Protocol):
    """The store's book of hand-overs."""

    def credential(self) -> DeviceCredential | None:
        """This device's own; None until the centre gave one."""

    def trust(self) -> Trust | None:
        """What others are judged by; None when this device was never told."""

    def outgoing(self) -> Given | None:
        """The newest one given here."""

    def worth_giving(self) -> tuple[int, int]:
        """(jobs held, facts that wait)."""

    def begin(self, id: str, /) -> list[HandedItem]:
        """Notes what is about to be frozen; it is what the fact says."""

    def freeze(self) -> None:
        """After the fact: nothing of it is done here any more."""

    def confirm(self) -> None:
        """Somebody has it."""

    def parcel(self, *, items: bool = True) -> tuple[HandOver, bytes]:
        """What is signed, and what travels beside it."""

    def taken(self) -> Sequence[Taken]:
        """Those taken here."""

    def adopt(self, opened: Opened, /) -> None:
        """After the fact: rows, rights and standings of what was taken."""


class HandOverUnit(UnitOfWork, Protocol):
    """A unit of work with hand-overs in it."""

    @property
    def hand_overs(self) -> HandOvers:
        """The book."""


class HandOverStore(Protocol):
    """The device's disk. Both raise `app.core.storage.StorageTrouble`."""

    def unit(self) -> AbstractContextManager[HandOverUnit]:
        """All that is done in the block is on the disk after it, or none of it."""

    def look(self) -> AbstractContextManager[HandOverUnit]:
        """Reads one moment."""


class Keys(Protocol):
    """This device's key, and anybody's public one."""

    def sign(self, message: bytes) -> str:
        """The signature by this device, hex."""

    def verifies(self, pubkey: str, signature: str, message: bytes) -> bool:
        """Whether they belong together."""
