"""Carriers: accounts, rate tables, number ranges, labels bought, manifests, events on the way,
customers' links, and why a service was chosen."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_FORMATS = "'zpl', 'pdf', 'png'"
_LABEL_STATES = "'wanted', 'asked', 'bought', 'voiding', 'void', 'failed'"
_DELIVERY = (
    "'announced', 'handed_over', 'in_transit', 'out_for_delivery', 'attempt_failed', 'at_pickup_point', 'returning', 'delivered', "
    "'returned'"
)


def _site(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id"))


def _parcel(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f(f"fk_{table}_parcel_id"))


def _order(table: str) -> sa.ForeignKeyConstraint:
    columns = ["sales_order.site_id", "sales_order.number"]
    return sa.ForeignKeyConstraint(["site_id", "order_no"], columns, name=op.f(f"fk_{table}_site_id_order_no"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _moment(*names: str, nullable: bool = False) -> list[sa.Column[datetime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _word(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=nullable)


def _one_of(table: str, column: str, kind: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({words})", name=op.f(f"ck_{table}_{kind}"))


def upgrade() -> None:
    """Additive."""
    _costs()
    _manifests()
    _labels()
    _on_the_way()


def _costs() -> None:
    op.create_table(
        "carrier_account",
        *_text("site_id", "carrier"),
        _word("adapter"),
        _word("label_format"),
        _one_of("carrier_account", "adapter", "adapter", "'tables', 'http'"),
        _one_of("carrier_account", "label_format", "labelformat", _FORMATS),
        _site("carrier_account"),
        _key("carrier_account", "site_id", "carrier"),
    )
    op.create_table(
        "rate_table",
        *_text("site_id", "carrier", "service"),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        _site("rate_table"),
        _key("rate_table", "site_id", "carrier", "service", "valid_from"),
    )
    op.create_table(
        "tracking_range",
        *_text("site_id", "carrier", "service", "prefix"),
        *_number("digits", "next_serial", "last_serial"),
        _site("tracking_range"),
        _key("tracking_range", "site_id", "carrier", "service"),
    )
    op.create_table(
        "service_choice",
        *_text("site_id", "order_no"),
        *_moment("at"),
        *_text("carrier", "service"),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        _order("service_choice"),
        _key("service_choice", "site_id", "order_no"),
    )


def _manifests() -> None:
    op.create_table(
        "manifest",
        *_text("id", "site_id", "carrier"),
        sa.Column("day", sa.Date(), nullable=False),
        *_number("n"),
        _word("state"),
        *_moment("made_at", "due_at"),
        *_number("tries"),
        *_text("ref", "problem"),
        *_moment("closed_at", nullable=True),
        _one_of("manifest", "state", "manifeststate", "'closing', 'closed', 'failed'"),
        _site("manifest"),
        sa.UniqueConstraint("site_id", "carrier", "day", "n", name=op.f("uq_manifest_site_id_carrier_day_n")),
        _key("manifest", "id"),
    )
    op.create_index(op.f("ix_manifest_site_id_day"), "manifest", ["site_id", "day"])


def _labels() -> None:
    op.create_table(
        "carrier_label",
        *_text("id", "site_id", "parcel_id", "carrier", "service"),
        _word("state"),
        sa.Column("ask", postgresql.JSONB(), nullable=False),
        *_moment("wanted_at", "due_at"),
        *_number("attempt", "tries"),
        *_text("problem"),
        sa.Column("again", sa.Boolean(), nullable=False),
        *_text("ref", "tracking"),
        sa.Column("charge", sa.Numeric(14, 4)),
        *_text("currency"),
        _word("format", nullable=True),
        sa.Column("body", sa.LargeBinary()),
        *_text("sha256"),
        *_moment("bought_at", "void_at", nullable=True),
        *_text("manifest_id", nullable=True),
        _one_of("carrier_label", "state", "labelstate", _LABEL_STATES),
        _one_of("carrier_label", "format", "labelformat", _FORMATS),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_carrier_label_manifest_id")),
        _parcel("carrier_label"),
        _site("carrier_label"),
        _key("carrier_label", "id"),
    )
    op.create_index("uq_carrier_label_live", "carrier_label", ["parcel_id"], unique=True,
        postgresql_where=sa.text("state <> 'void'"))  # fmt: skip
    op.create_index("uq_carrier_label_tracking", "carrier_label", ["site_id", "carrier", "tracking"], unique=True,
        postgresql_where=sa.text("state = 'bought' AND tracking <> ''"))  # fmt: skip
    op.create_index("ix_carrier_label_due", "carrier_label", ["due_at"],
        postgresql_where=sa.text("state IN ('wanted', 'asked', 'voiding')"))  # fmt: skip
    op.create_index(op.f("ix_carrier_label_manifest_id"), "carrier_label", ["manifest_id"])


def _on_the_way() -> None:
    op.create_table(
        "parcel_event",
        *_text("id", "site_id", "parcel_id", "carrier", "event_id"),
        _word("state"),
        *_moment("at"),
        *_number("offset_min"),
        *_moment("received_at"),
        *_text("place"),
        _one_of("parcel_event", "state", "delivery", _DELIVERY),
        _parcel("parcel_event"),
        _site("parcel_event"),
        sa.UniqueConstraint("site_id", "carrier", "event_id", name=op.f("uq_parcel_event_site_id_carrier_event_id")),
        _key("parcel_event", "id"),
    )
    op.create_index(op.f("ix_parcel_event_parcel_id_at"), "parcel_event", ["parcel_id", "at"])
    op.create_table(
        "parcel_delivery",
        *_text("parcel_id", "site_id"),
        _word("state"),
        *_moment("at"),
        *_moment("polled_at", nullable=True),
        _one_of("parcel_delivery", "state", "delivery", _DELIVERY),
        _parcel("parcel_delivery"),
        _site("parcel_delivery"),
        _key("parcel_delivery", "parcel_id"),
    )
    op.create_table(
        "tracking_link",
        *_text("token", "site_id", "order_no"),
        *_moment("made_at", "ends_at"),
        _site("tracking_link"),
        _order("tracking_link"),
        sa.UniqueConstraint("site_id", "order_no", name=op.f("uq_tracking_link_site_id_order_no")),
        _key("tracking_link", "token"),
    )
