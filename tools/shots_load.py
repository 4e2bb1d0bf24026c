"""What the screens of pallets, trucks and carriers' lists show in the pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.core.messages import Code, say
from app.core.outcome import Outcome
from app.core.views_load import (
    CarrierDay,
    ListState,
    LoadStep,
    LoadView,
    ManifestCard,
    ManifestsView,
    PalletCard,
    ThingCard,
    TruckCard,
)

if TYPE_CHECKING:
    from tools.shots import Canned

PALLET, OTHER, THIRD = "387123450000012343", "387123450000012350", "387123450000012367"
_PARCELS = tuple(ThingCard(f"38712345000004{n:04d}", f"S-{20410 + n}") for n in range(14))

LIST = LoadView(
    LoadStep.LIST,
    say(Code.SCAN_PALLET_OR_TRUCK),
    pallets=(
        PalletCard(PALLET, "DHL", 14, "build", mine=True),
        PalletCard(OTHER, "PostNL", 31, "wrapped"),
        PalletCard(THIRD, "", 0, "label", mine=True),
    ),
    trucks=(
        TruckCard("DHL", 2, 5, 14, unlisted=3),
        TruckCard("PostNL", 1, 0, 0, load="a" * 32, loaded=4),
        TruckCard("GLS", 0, 12, 0),
    ),
    may_close=True,
)
EMPTY = LoadView(LoadStep.LIST, say(Code.SCAN_PALLET_OR_TRUCK))
LABEL = LoadView(LoadStep.LABEL, say(Code.SCAN_PALLET_LABEL, pallet="…012367"), id=THIRD)
BUILD = LoadView(
    LoadStep.BUILD,
    say(Code.SCAN_PARCEL_ONTO),
    id=PALLET,
    carrier="DHL",
    count=14,
    parcels=14,
    things=_PARCELS,
    can_undo=True,
)
OFF = replace(BUILD, step=LoadStep.OFF, prompt=say(Code.SCAN_PARCEL_OFF), can_undo=False)
WRAPPED = replace(BUILD, step=LoadStep.WRAPPED, prompt=say(Code.PALLET_WRAPPED), can_undo=False, paper=ListState.OWED)
LISTED = replace(WRAPPED, paper=ListState.PRINTED)
FILL = LoadView(
    LoadStep.FILL, say(Code.SCAN_INTO_TRUCK, carrier="DHL"), id="a" * 32, carrier="DHL", lane="DOOR-3", count=3, parcels=46,
    things=(ThingCard(PALLET, parcels=14), ThingCard(OTHER, parcels=31), _PARCELS[0]),
    missing=(ThingCard(THIRD, parcels=22), _PARCELS[3]), unwrapped=2, can_undo=True, may_close=True,
)  # fmt: skip
LEAVE = replace(FILL, step=LoadStep.LEAVE, prompt=say(Code.LEAVE_BEHIND, n=4), can_undo=False)
DRIVER = replace(LEAVE, step=LoadStep.DRIVER, prompt=say(Code.TYPE_DRIVER))
SEAL = replace(LEAVE, step=LoadStep.SEAL, prompt=say(Code.TYPE_SEAL), driver="Jan de Vries", plate="12-ABC-3")
SIGN = replace(SEAL, step=LoadStep.SIGN, prompt=say(Code.DRIVER_SIGNS, name="Jan de Vries"), seal="NL-88172")
GONE = replace(SIGN, step=LoadStep.GONE, prompt=say(Code.TRUCK_GONE, name="Jan de Vries"), paper=ListState.UNSURE)
STROKES = "10,24 14,10 17,24 12,17 18,17;24,24 25,14 30,14 31,20 26,24 33,22 40,12 44,24 52,10 60,22 70,16 82,20"


_DAY = ManifestsView(
    "2026-11-22",
    (CarrierDay("DHL", 41, 6), CarrierDay("PostNL", 3, 0), CarrierDay("GLS", 0, 12)),
    (
        ManifestCard("m2", "DHL", 2, "closed", 118, 214_300, paper=ListState.OWED),
        ManifestCard("m3", "PostNL", 1, "closed", 31, 40_200, paper=ListState.PRINTED),
        ManifestCard("m1", "UPS", 1, "closing", 24, 63_900),
        ManifestCard("m0", "GLS", 1, "failed", 7, 9_800, "account_refused"),
    ),
)


@dataclass(frozen=True, slots=True)
class Lists:
    """What the screen of carriers' lists shows."""

    view: ManifestsView = _DAY


class CannedManifests:
    """Carriers' lists that stand as the moment says."""

    def __init__(self, canned: Canned) -> None:
        self._canned = canned

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        moment = self._canned.moment.view
        view = moment.view if isinstance(moment, Lists) else ManifestsView()
        return lambda *_args: Outcome("manifests", view, self._canned.moment.message)
