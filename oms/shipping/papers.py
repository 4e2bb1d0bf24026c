"""Which papers go with a parcel: what its country asks for, and what its channel and the shop want. Called by the feed."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from oms.catalog.models import Site
from oms.orders.models import Order
from oms.packing.models import Parcel
from sync.contract.shipping import PaperKind

#: Customs territory of the Union (Regulation (EU) No 952/2013, article 4): its members and Monaco.
_UNION: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
#: Postcodes of its members that lie outside of it: Canary Islands, Ceuta and Melilla; Helgoland and Büsingen; Livigno.
_OUTSIDE: Final[dict[str, tuple[str, ...]]] = {
    "ES": ("35", "38", "51", "52"),
    "DE": ("27498", "78266"),
    "IT": ("23041",),
}
#: What a site wants with every parcel when it says nothing (`site.paper_words.papers`).
_USUAL: Final = "packing-slip"


def papers_of(db: Session, site: str, parcels: Sequence[Parcel]) -> dict[str, list[PaperKind]]:
    """Papers of each parcel, by parcel id. `site.paper_words` may name them: `papers` for all, `papers:CHANNEL` for one channel, words
    apart by blanks; customs is never left to the shop."""
    if not parcels:
        return {}
    words = db.get_one(Site, site).paper_words
    numbers = {parcel.order_no for parcel in parcels}
    found = db.execute(
        select(Order.number, Order.channel, Order.ship_country, Order.ship_postcode).where(
            Order.site_id == site, Order.number.in_(numbers)
        )
    )
    of_order = {number: _wanted(words, channel, to, postcode) for number, channel, to, postcode in found}
    return {parcel.id: of_order.get(parcel.order_no, []) for parcel in parcels}


def _wanted(words: dict[str, Any], channel: str, country: str, postcode: str) -> list[PaperKind]:
    said = words.get(f"papers:{channel}", words.get("papers", _USUAL))
    named = set(str(said).split())
    if crosses_customs(str(words.get("country", "")), country, postcode):
        named.add(PaperKind.CUSTOMS.value)
    else:
        named.discard(PaperKind.CUSTOMS.value)
    return [kind for kind in PaperKind if kind.value in named]


def crosses_customs(home: str, to: str, postcode: str = "") -> bool:
    """Whether goods from the country `home` meet a customs office on their way (ISO 3166 codes). An unknown country crosses nothing:
    nobody could fill the paper in."""
    home, to = home.upper(), to.upper()
    if not home or not to:
        return False
    outside = postcode.replace(" ", "").startswith(_OUTSIDE.get(to, ("\0",)))
    if home in _UNION:
        return to not in _UNION or outside
    return home != to
