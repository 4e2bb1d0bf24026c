"""What carriers ask for a parcel at this moment, remembered for some minutes. Asks over the network: callers hold no transaction. Called by
`oms.shipping.requoting`."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Final

from oms.shipping.carriers.port import Address, Box, Carrier, CarrierTrouble, Offer
from oms.shipping.carriers.shop import Live

#: Seconds for which an answer counts, and for which a carrier that did not answer is left alone.
KEPT_S: Final = 600.0
ALONE_S: Final = 30.0
#: So many answers are remembered.
MOST_KNOWN: Final = 2000
#: A parcel that costs this much is a mistake.
_MOST_PRICE: Final = Decimal(10_000)
_CENT: Final = Decimal("0.01")
_SERVICE: Final = re.compile(r"[!-~]([ -~]{0,38}[!-~])?")
#: Up to how many grams parcels are weighed in steps of how many: a price is asked for the end of the step.
_STEPS: Final = ((2_000, 250), (10_000, 500), (10**9, 1_000))

_Key = tuple[str, str, str, int, tuple[int, int, int] | None]


@dataclass(frozen=True, slots=True)
class Journey:
    """Whence, whither, and `zone`: parcels to one zone cost the same. `today`: nothing arrives before."""

    ship_from: list[str]
    to: Address
    zone: str
    today: date


@dataclass(slots=True)
class RateBook:
    """Owns the answers. One thread asks it; `quick` are the carriers, asked with little patience."""

    quick: Mapping[str, Carrier]
    clock: Callable[[], float] = time.monotonic
    _known: OrderedDict[_Key, tuple[float, list[Offer]]] = field(default_factory=OrderedDict)
    _alone_until: dict[str, float] = field(default_factory=dict)

    def offers(self, code: str, journey: Journey, box: Box) -> Live:
        """What the carrier asks for a parcel of this weight step, by service; nothing where it is away, or says nothing sensible."""
        now, grams = self.clock(), step_of(box.grams)
        key = (code, journey.to.country, journey.zone, grams, box.sides_mm)
        known = self._known.get(key)
        if known is None or known[0] < now:
            asked = self._ask(code, journey, Box(grams=grams, sides_mm=box.sides_mm))
            if asked is None:
                return {}
            known = self._known[key] = (now + KEPT_S, asked)
            self._known.move_to_end(key)
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return {(code, offer.service): offer for offer in known[1]}

    def _ask(self, code: str, journey: Journey, box: Box) -> list[Offer] | None:
        if self._alone_until.get(code, 0.0) > self.clock():
            return None
        to = journey.to
        try:
            # Whose parcel it is, no price depends on.
            where = Address(country=to.country, postcode=to.postcode, city=to.city)
            return sensible(self.quick[code].rates(journey.ship_from, where, box), journey.today)
        except CarrierTrouble:
            self._alone_until[code] = self.clock() + ALONE_S
            return None


def step_of(grams: int) -> int:
    """The end of the weight step in which so many grams are."""
    width = next(width for upto, width in _STEPS if grams <= upto)
    return max(1, -(-grams // width)) * width


def sensible(offers: list[Offer], today: date) -> list[Offer]:
    """Those that can be meant: a price above nothing that a parcel may have, money of three letters, a plain name. Prices are rounded up to
    a cent; a day that is over is none."""
    return [
        replace(
            one,
            price=one.price.quantize(_CENT, ROUND_UP),
            arrives_on=one.arrives_on if one.arrives_on and one.arrives_on >= today else None,
        )
        for one in offers
        if one.price.is_finite()
        and _CENT <= one.price < _MOST_PRICE
        and re.fullmatch("[A-Z]{3}", one.currency)
        and _SERVICE.fullmatch(one.service)
    ]
