"""All tables in one import, for migrations and for the check of the schema. Nothing else should need it."""

from oms.catalog import models as catalog
from oms.channels import models as channels
from oms.customers import models as customers
from oms.db.base import Base
from oms.feed import handover_models as handover
from oms.feed import models as feed
from oms.finance import models as finance
from oms.floor import models as floor
from oms.forecast import models as forecast
from oms.hooks import models as hooks
from oms.inventory import models as inventory
from oms.jobs import models as jobs
from oms.money import business_models as business
from oms.money import models as money
from oms.money import payment_models as payments
from oms.notify import models as notify
from oms.orders import models as orders
from oms.packing import bench_models as bench
from oms.packing import models as packing
from oms.packing import pallet_models as pallets
from oms.people import models as people
from oms.picking import models as picking
from oms.plans import models as plans
from oms.promise import models as promise
from oms.purchasing import models as purchasing
from oms.reports import models as reports
from oms.returns import models as returns
from oms.sales import desk_models as sales_desk
from oms.sales import models as sales
from oms.sales import pickup_models as pickups
from oms.shipping import models as shipping
from oms.shipping.carriers import models as carriers
from oms.sourcing import models as sourcing
from oms.transfers import models as transfers
from oms.walks import models as walks
from oms.waves import models as waves

METADATA = Base.metadata

__all__ = [
    "METADATA",
    "bench",
    "business",
    "carriers",
    "catalog",
    "channels",
    "customers",
    "feed",
    "finance",
    "floor",
    "forecast",
    "handover",
    "hooks",
    "inventory",
    "jobs",
    "money",
    "notify",
    "orders",
    "packing",
    "pallets",
    "payments",
    "people",
    "picking",
    "pickups",
    "plans",
    "promise",
    "purchasing",
    "reports",
    "returns",
    "sales",
    "sales_desk",
    "shipping",
    "sourcing",
    "transfers",
    "walks",
    "waves",
]
