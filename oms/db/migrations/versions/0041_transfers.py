"""Transfers between sites; what is told of stock that lies or comes back."""

import sqlalchemy as sa
from alembic import op

from oms.db import triggers

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_STATES = ("made", "in_transit", "partly_received", "received", "closed", "cancelled")
_STAFF = ("low_stock", "late_wave", "bounced", "report")
_KINDS = (
    "confirmed", "backordered", "substitute_offered", "ready_for_pick_up", "shipped", "cancelled", "refunded", "changed", "delayed",
    "delivered", "follow_up", "return_asked", "return_approved", "return_refused", "return_received",
)  # fmt: skip
_ALERTS = ("dead_stock", "high_returns")
_when = sa.DateTime(timezone=True)
#: Name of a setting -> what sites have that said nothing.
_SETTINGS = {"dead_days": 180, "return_percent": 20, "return_least": 10}


def upgrade() -> None:
    """Additive."""
    op.add_column("sales_order", sa.Column("transfer_to", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_sales_order_transfer_to"), "sales_order", "site", ["transfer_to"], ["id"])
    op.create_table(
        "transfer",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("to_site", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", _when, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("state", _words(*_STATES, name="transferstate"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", _when, nullable=True),
        sa.Column("done_at", _when, nullable=True),
        sa.CheckConstraint("site_id <> to_site", name=op.f("ck_transfer_sites_differ")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_transfer_site_id")),
        sa.ForeignKeyConstraint(["to_site"], ["site.id"], name=op.f("fk_transfer_to_site")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_site_id_state"), "transfer", ["site_id", "state"], unique=False)
    op.create_index(op.f("ix_transfer_to_site_state"), "transfer", ["to_site", "state"], unique=False)
    op.create_table(
        "transfer_line",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "qty >= 0 AND shipped >= 0 AND received >= 0 AND damaged >= 0", name=op.f("ck_transfer_line_units")
        ),
        sa.ForeignKeyConstraint(["number"], ["transfer.number"], name=op.f("fk_transfer_line_number")),
        sa.PrimaryKeyConstraint("number", "line_no", name=op.f("pk_transfer_line")),
    )
    op.create_index(op.f("ix_transfer_line_sku"), "transfer_line", ["sku"], unique=False)
    op.create_table(
        "transfer_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", _when, nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.CheckConstraint("qty >= 0 AND damaged >= 0 AND qty + damaged > 0", name=op.f("ck_transfer_delivery_units")),
        sa.ForeignKeyConstraint(["number"], ["transfer.number"], name=op.f("fk_transfer_delivery_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_delivery")),
    )
    op.create_index(
        op.f("ix_transfer_delivery_number_line_no"), "transfer_delivery", ["number", "line_no"], unique=False
    )
    for table in ("transfer", "transfer_line"):
        for statement in triggers.in_work(table):
            op.execute(statement)
    for name, usual in _SETTINGS.items():
        op.add_column("purchase_setting", sa.Column(name, sa.BigInteger(), nullable=False, server_default=str(usual)))
        op.alter_column("purchase_setting", name, server_default=None)
    _kinds((*_KINDS, *_STAFF, *_ALERTS))
    op.create_table(
        "stock_alert",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("kind", _words(*_KINDS, *_STAFF, *_ALERTS, name="mailkind"), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("since", _when, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_alert_site_id")),
        sa.PrimaryKeyConstraint("site_id", "kind", "sku", name=op.f("pk_stock_alert")),
    )
    op.execute(
        "INSERT INTO stock_alert (site_id, kind, sku, since) SELECT site_id, 'low_stock', sku, since FROM low_stock"
    )
    op.drop_table("low_stock")


def downgrade() -> None:
    """Drops it."""
    op.create_table(
        "low_stock",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("since", _when, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_low_stock_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_low_stock")),
    )
    op.execute("INSERT INTO low_stock SELECT site_id, sku, since FROM stock_alert WHERE kind = 'low_stock'")
    op.drop_table("stock_alert")
    op.execute("DELETE FROM mail WHERE kind IN ('dead_stock', 'high_returns')")
    _kinds((*_KINDS, *_STAFF))
    for name in _SETTINGS:
        op.drop_column("purchase_setting", name)
    for table in ("transfer_delivery", "transfer_line", "transfer"):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_sales_order_transfer_to"), "sales_order")
    op.drop_column("sales_order", "transfer_to")


def _kinds(known: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mail_mailkind"), "mail")
    op.create_check_constraint(op.f("ck_mail_mailkind"), "mail", f"kind IN ({', '.join(repr(one) for one in known)})")


def _words(*closed: str, name: str) -> sa.Enum:
    return sa.Enum(*closed, name=name, native_enum=False, create_constraint=True, length=40)
