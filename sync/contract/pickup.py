"""Facts of orders that their customers fetch in the store: set aside, handed over, or not taken. Part of `sync.contract.facts`; and what
the customer's code looks like."""

from hashlib import sha256

from msgspec import Struct

from sync.contract.codes import NotTaken

#: How the text in a customer's code begins: `FHP:4711:7KQ2M9XW3D`.
PICKUP_CODE = "FHP:"


class PickupReady(Struct, frozen=True, kw_only=True):
    """`pickup.ready@1`: the goods of `order` (a site's order that its customer fetches) stand at `shelf` (a bin), in `pieces`: the labels
    of its parcels, totes or bags as scanned. item = None."""

    order: str
    shelf: str
    pieces: list[str] = []


class PickupUnready(Struct, frozen=True, kw_only=True):
    """`pickup.unready@1`: that was taken back; they do not stand there. item = None."""

    order: str
    shelf: str = ""


class PickupHandOver(Struct, frozen=True, kw_only=True):
    """`pickup.hand_over@1`: the customer has it. `code` is the customer's one-time code where they showed it; `signature` the strokes they
    drew (as `load.hand_over`). `pieces` are those that were scanned. item = None."""

    order: str
    name: str = ""
    code: str = ""
    signature: str = ""
    pieces: list[str] = []


class PickupRefuse(Struct, frozen=True, kw_only=True):
    """`pickup.refuse@1`: the customer did not take it, or did not come; the goods go back to their shelves. item = None."""

    order: str
    reason: NotTaken
    note: str = ""


#: What devices report of orders that are fetched.
PickupFact = PickupReady | PickupUnready | PickupHandOver | PickupRefuse
#: Their part of `facts.HANDLED`.
PICKUP_HANDLED: dict[tuple[str, int], type[PickupFact]] = {
    ("pickup.ready", 1): PickupReady,
    ("pickup.unready", 1): PickupUnready,
    ("pickup.hand_over", 1): PickupHandOver,
    ("pickup.refuse", 1): PickupRefuse,
}


def code_digest(order: str, code: str) -> str:
    """What devices know of a customer's one-time code: enough to tell the right one, without the network and without being told it."""
    return sha256(f"{order}\n{plain_code(code)}".encode()).hexdigest()


def plain_code(text: str) -> str:
    """A typed code as it is meant: without spaces and hyphens, in capitals."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def code_text(order: str, code: str) -> str:
    """What stands in the picture in the customer's mail."""
    return f"{PICKUP_CODE}{order}:{code}"


def read_code(text: str) -> tuple[str, str] | None:
    """Order and code of such a text; None when it is something else."""
    if not text.startswith(PICKUP_CODE):
        return None
    order, _, code = text.removeprefix(PICKUP_CODE).rpartition(":")
    return (order, code) if order and code else None
