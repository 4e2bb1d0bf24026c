"""Closed words of packing that stay on the server."""

from enum import StrEnum


class PalletState(StrEnum):
    """State of a pallet: its label is printed, parcels go onto it, it is wrapped, it stands in a truck, it has left."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    LOADED = "loaded"
    GONE = "gone"
