"""Purchasing: suppliers, when items are ordered, orders and what came of them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db import triggers

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "supplier",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("address", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column(
            "send_by",
            sa.Enum("mail", "edifact", "hand", name="sendby", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("gln", sa.Text(), nullable=False),
        sa.Column("our_number", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("holidays", sa.Text(), nullable=False),
        sa.Column("days_off", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lead_days", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("lead_sd_days", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("learned_days", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("learned_sd_days", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("over_percent", sa.BigInteger(), nullable=False),
        sa.Column("under_percent", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("lead_days >= 0 AND lead_sd_days >= 0", name=op.f("ck_supplier_lead")),
        sa.CheckConstraint("over_percent >= 0 AND under_percent >= 0", name=op.f("ck_supplier_tolerance")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_supplier")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "awaiting_approval",
                "approved",
                "sent",
                "confirmed",
                "partly_received",
                "received",
                "closed",
                "cancelled",
                name="buystate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("run_day", sa.Date(), nullable=True),
        sa.Column("total", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_purchase_order_site_id")),
        sa.ForeignKeyConstraint(["supplier"], ["supplier.code"], name=op.f("fk_purchase_order_supplier")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_purchase_order")),
    )
    op.create_index(op.f("ix_purchase_order_site_id_state"), "purchase_order", ["site_id", "state"], unique=False)
    op.create_index(
        "uq_purchase_order_run",
        "purchase_order",
        ["site_id", "supplier", "run_day"],
        unique=True,
        postgresql_where="run_day IS NOT NULL",
    )
    op.create_table(
        "purchase_setting",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("approve_above", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("auto_send", sa.Boolean(), nullable=False),
        sa.Column("auto_follow", sa.Boolean(), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_purchase_setting_site_id")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_purchase_setting")),
    )
    op.create_table(
        "stock_rule",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("safety", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum("person", "forecast", name="rulesource", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("follow", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "0 <= safety AND safety <= reorder_point AND reorder_point <= upto", name=op.f("ck_stock_rule_levels")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_rule_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_stock_rule")),
    )
    op.create_table(
        "supplier_item",
        sa.Column("supplier", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("their_sku", sa.Text(), nullable=False),
        sa.Column("moq", sa.BigInteger(), nullable=False),
        sa.Column("pack", sa.BigInteger(), nullable=False),
        sa.Column("prices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("moq >= 1 AND pack >= 1", name=op.f("ck_supplier_item_at_least_one")),
        sa.ForeignKeyConstraint(["supplier"], ["supplier.code"], name=op.f("fk_supplier_item_supplier")),
        sa.PrimaryKeyConstraint("supplier", "sku", name=op.f("pk_supplier_item")),
    )
    op.create_index(op.f("ix_supplier_item_sku"), "supplier_item", ["sku"], unique=False)
    op.create_table(
        "purchase_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.Column("line_no", sa.BigInteger(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.Column("over", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.CheckConstraint("qty >= 0 AND damaged >= 0 AND qty + damaged > 0", name=op.f("ck_purchase_delivery_units")),
        sa.ForeignKeyConstraint(["order_no"], ["purchase_order.number"], name=op.f("fk_purchase_delivery_order_no")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_purchase_delivery_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_delivery")),
    )
    op.create_index(
        op.f("ix_purchase_delivery_order_no_line_no"), "purchase_delivery", ["order_no", "line_no"], unique=False
    )
    op.create_index(op.f("ix_purchase_delivery_site_id_at"), "purchase_delivery", ["site_id", "at"], unique=False)
    op.create_table(
        "purchase_line",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("their_sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("damaged", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "qty > 0 AND wanted >= 0 AND received >= 0 AND damaged >= 0", name=op.f("ck_purchase_line_units")
        ),
        sa.ForeignKeyConstraint(["order_no"], ["purchase_order.number"], name=op.f("fk_purchase_line_order_no")),
        sa.PrimaryKeyConstraint("order_no", "line_no", name=op.f("pk_purchase_line")),
    )
    op.create_index(op.f("ix_purchase_line_sku"), "purchase_line", ["sku"], unique=False)
    op.create_table(
        "purchase_mail",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sent", "dead", name="buymailstate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_no"], ["purchase_order.number"], name=op.f("fk_purchase_mail_order_no")),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_purchase_mail")),
    )
    op.create_index(
        "ix_purchase_mail_waiting", "purchase_mail", ["next_at"], unique=False, postgresql_where="state = 'waiting'"
    )

    for table in ("purchase_order", "purchase_line"):
        for statement in triggers.in_work(table):
            op.execute(statement)


def downgrade() -> None:
    """Drops it."""
    for table in (
        "purchase_mail",
        "purchase_line",
        "purchase_delivery",
        "supplier_item",
        "stock_rule",
        "purchase_setting",
        "purchase_order",
        "supplier",
    ):
        op.drop_table(table)
