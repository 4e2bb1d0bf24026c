"""How a parcel is meant to be packed, as a screen draws it: the picture's blocks, why this carton, and the checklist. Qt-free."""

from dataclasses import dataclass

from app.core.money import Money

Size = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """One unit in the carton, in millimetres from the inner corner: x along the length, y along the width, z upwards. Blocks come in the
    order of laying; `sku` and `colour` (`#rrggbb` or empty) say what it is."""

    sku: str
    at: Size
    sides: Size
    layer: int
    colour: str = ""


@dataclass(frozen=True, slots=True)
class SupplyCard:
    """One line of the checklist. `kind` is a `SupplyKind` or `material`, `word` what it says beside it, `done` that somebody confirmed it.
    The parcel is not weighed before what is `needed` is done."""

    key: str
    kind: str
    word: str
    done: bool
    needed: bool = False


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """Why an order goes with its service. `why` is a `ServiceWhy`; days are ISO or empty; `other` is the next best service and `more` what
    it costs more (negative: less, but it was not allowed)."""

    why: str
    price: Money | None = None
    leaves: str = ""
    arrives: str = ""
    promised: str = ""
    other: str = ""
    more: Money | None = None


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The plan of the parcel in hand.

    `carton` None: these goods fit no carton. `inside` are the places in `blocks` of units that are in, `next` that of the unit that goes
    in next; `back_to_front` the order in which the blocks are drawn. `why` is a `PlanWhy`; `refused` are (carton, why) of the others.
    """

    carton: str | None
    why: str
    inner_mm: Size = (0, 0, 0)
    blocks: tuple[Block, ...] = ()
    back_to_front: tuple[int, ...] = ()
    inside: frozenset[int] = frozenset()
    next: int | None = None
    cost: Money | None = None
    second: str | None = None
    dearer: Money | None = None
    refused: tuple[tuple[str, str], ...] = ()
    unseen: int = 0
    number: int = 1
    of: int = 1

    @property
    def layers(self) -> int:
        """How many layers are laid."""
        return max((block.layer for block in self.blocks), default=-1) + 1

    @property
    def layer(self) -> int:
        """The layer in hand: that of the next unit, else the last one."""
        return self.blocks[self.next].layer if self.next is not None else max(0, self.layers - 1)
