"""Returns: what customers send back, what came of it, rules, boxes, pictures, links; and what is withheld of an order's line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_OPEN = "state NOT IN ('refused', 'closed', 'cancelled')"
_STATES = ("asked", "approved", "refused", "label_sent", "partly_received", "graded", "closed", "cancelled")
_REASONS = (
    "changed_mind", "does_not_fit", "not_as_described", "damaged", "defective", "wrong_item", "missing_parts", "too_late", "other",
)  # fmt: skip
_MAILS = ("confirmed", "backordered", "substitute_offered", "ready_for_pick_up", "shipped", "cancelled", "refunded")
_MORE_MAILS = ("return_asked", "return_approved", "return_refused", "return_received")


def _words(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _mails(kinds: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mail_mailkind"), "mail")
    op.create_check_constraint(op.f("ck_mail_mailkind"), "mail", f"kind IN ({', '.join(repr(kind) for kind in kinds)})")


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "return_rule",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("window_days", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("photo_reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("customer_pays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fee", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("kept_skus", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("approve_up_to", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("refund_up_to", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("percent", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sending_back", sa.Boolean(), nullable=False),
        sa.Column("rate_sign", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("window_days >= 0 AND fee >= 0", name=op.f("ck_return_rule_values")),
        sa.PrimaryKeyConstraint("channel", "site_id", name=op.f("pk_return_rule")),
    )
    op.create_table(
        "customer_return",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", _words(_STATES, name="returnstate"), nullable=False),
        sa.Column(
            "decision",
            _words(("open", "approved", "label_sent", "refused", "cancelled"), name="decision"),
            nullable=False,
        ),
        sa.Column("came_by", _words(("link", "program", "desk", "floor"), name="cameby"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("tracking", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "resolution", _words(("refund", "exchange", "nothing", "send_back"), name="resolution"), nullable=True
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("fee", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("refund", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("exchange_order", sa.Text(), nullable=True),
        sa.Column("signs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_order"], ["customer_order.number"], name=op.f("fk_customer_return_exchange_order")
        ),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_customer_return_order_no")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_customer_return_site_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customer_return")),
    )
    op.create_index(op.f("ix_customer_return_asked_at_number"), "customer_return", ["asked_at", "number"], unique=False)
    op.create_index(
        "ix_customer_return_open",
        "customer_return",
        ["state", "asked_at"],
        unique=False,
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index(op.f("ix_customer_return_order_no"), "customer_return", ["order_no"], unique=False)
    op.create_table(
        "return_link",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_return_link_order_no")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_return_link")),
        sa.UniqueConstraint("order_no", name=op.f("uq_return_link_order_no")),
    )
    op.create_table(
        "return_box",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("return_no", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["return_no"], ["customer_return.number"], name=op.f("fk_return_box_return_no")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_return_box_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_box")),
    )
    op.create_index(op.f("ix_return_box_return_no"), "return_box", ["return_no"], unique=False)
    op.create_table(
        "return_line",
        sa.Column("return_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.BigInteger(), nullable=True),
        sa.Column("reason", _words(_REASONS, name="returnreason"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.CheckConstraint("least(qty, taken) >= 0 AND refund >= 0", name=op.f("ck_return_line_counts")),
        sa.ForeignKeyConstraint(["return_no"], ["customer_return.number"], name=op.f("fk_return_line_return_no")),
        sa.PrimaryKeyConstraint("return_no", "line_no", name=op.f("pk_return_line")),
    )
    op.create_index(op.f("ix_return_line_sku"), "return_line", ["sku"], unique=False)
    op.create_table(
        "return_photo",
        sa.Column("return_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["return_no", "line_no"],
            ["return_line.return_no", "return_line.line_no"],
            name=op.f("fk_return_photo_return_no_line_no"),
        ),
        sa.PrimaryKeyConstraint("return_no", "line_no", "sha256", name=op.f("pk_return_photo")),
    )
    op.create_table(
        "return_receipt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("return_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("grade", _words(("a", "b", "c", "damaged", "wrong_item"), name="grade"), nullable=False),
        sa.Column(
            "disposition",
            _words(("restock", "quarantine", "repair", "scrap", "to_supplier"), name="disposition"),
            nullable=False,
        ),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suggested", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_return_receipt_qty")),
        sa.ForeignKeyConstraint(
            ["return_no", "line_no"],
            ["return_line.return_no", "return_line.line_no"],
            name=op.f("fk_return_receipt_return_no_line_no"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_return_receipt_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_receipt")),
    )
    op.create_index(op.f("ix_return_receipt_at"), "return_receipt", ["at"], unique=False)
    op.create_index(
        op.f("ix_return_receipt_return_no_line_no"), "return_receipt", ["return_no", "line_no"], unique=False
    )
    op.add_column(
        "customer_order_line",
        sa.Column("withheld", sa.Numeric(precision=14, scale=4), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "order_money", sa.Column("sending_kept", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )

    op.create_check_constraint(
        op.f("ck_customer_order_line_withheld"),
        "customer_order_line",
        "withheld >= 0 AND (withheld = 0 OR returned > 0)",
    )
    _mails(_MAILS + _MORE_MAILS)


def downgrade() -> None:
    """Drops it."""
    op.execute("DELETE FROM mail WHERE kind LIKE 'return\\_%'")
    _mails(_MAILS)
    op.drop_constraint(op.f("ck_customer_order_line_withheld"), "customer_order_line")
    op.drop_column("order_money", "sending_kept")
    op.drop_column("customer_order_line", "withheld")
    for table in (
        "return_receipt",
        "return_photo",
        "return_line",
        "return_box",
        "return_link",
        "customer_return",
        "return_rule",
    ):
        op.drop_table(table)
