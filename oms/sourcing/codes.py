"""Words of sourcing. They are codes; clients and papers have the prose (`docs/sourcing.md` explains each)."""

from enum import StrEnum


class SiteKind(StrEnum):
    """What a site is."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    THIRD_PARTY = "3pl"
    SUPPLIER = "supplier"


class Rest(StrEnum):
    """What becomes of units that no site of a rule can send."""

    BACKORDER = "backorder"
    #: The next rule that fits is asked for them.
    OTHER_SITES = "other_sites"
    CANCEL = "cancel"
    HOLD = "hold"


class Sort(StrEnum):
    """Which of two equally dear ways is taken, and with `cost` off (weights of 0) which site comes first."""

    COST = "cost"
    NEAREST = "nearest"
    PRIORITY = "priority"


class Why(StrEnum):
    """A reason of a decision, with its words in braces."""

    #: {rule}
    RULE = "source_by_rule"
    #: {site}: nobody else has everything.
    ONLY_SITE = "source_only_site"
    #: {site} {cost}: of several that have everything.
    CHEAPEST = "source_cheapest"
    #: {site} {cost} {other} {more}: the next best site would have been dearer by so much.
    CHEAPER_THAN = "source_cheaper_than"
    #: {sites} {cost}: nobody has everything.
    SPLIT_NEEDED = "source_split_needed"
    #: {sites} {cost} {more}: one site has everything and would have been dearer.
    SPLIT_CHEAPER = "source_split_cheaper"
    #: {site} {lacks}: a second parcel costs more than waiting, or the customer wants one parcel.
    ONE_PARCEL = "source_one_parcel"
    #: {site}: the customer fetches it there.
    PICK_UP = "source_pick_up"
    #: {sku} {qty} {site}: rare there, so that its price was raised.
    SCARCE = "source_scarce"
    #: {sku} {missing}
    SHORT = "source_short"
    #: {rest}: what becomes of it (`Rest`).
    REST = "source_rest"
    #: No rule fits: all sites, as the costs say.
    NO_RULE = "source_no_rule"
    #: {site} {reason}: said no before.
    REJECTED = "source_rejected_by"
    #: {saves}: moved while nobody had begun.
    MOVED = "source_moved"


class Out(StrEnum):
    """Why a site was left out."""

    OFF = "site_off"
    NOT_SHIPPING = "site_not_shipping"
    NOT_PICK_UP = "site_not_pick_up"
    REJECTED = "site_rejected"
    FULL = "site_full"
    NO_STOCK = "site_no_stock"
    FILTERED = "site_filtered"
    TOO_FAR = "site_too_far"
    COUNTRY = "site_country"


class SourceRefusal(StrEnum):
    """Why nothing was decided. Nothing changed."""

    UNKNOWN_ORDER = "unknown_order"
    HELD = "order_held"
    NOTHING_OPEN = "nothing_to_do"
    BEGUN = "order_not_now"
    UNKNOWN_SITE = "unknown_site"
