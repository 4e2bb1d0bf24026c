"""Labels for what comes back, made by carriers; who makes them; and the mail that has them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_MAILS = (
    "confirmed", "backordered", "substitute_offered", "ready_for_pick_up", "shipped", "cancelled", "refunded", "changed", "delayed",
    "delivered", "follow_up", "return_asked", "return_approved", "return_refused", "return_received", "low_stock", "late_wave",
    "bounced", "report", "dead_stock", "high_returns",
)  # fmt: skip
_MORE = ("return_label",)
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Additive: without a rule that names a carrier nobody is asked."""
    op.create_table(
        "return_label",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("return_no", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column(
            "state", _words("wanted", "asked", "bought", "voiding", "void", "failed", name="labelstate"), nullable=False
        ),
        sa.Column("ask", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wanted_at", _when, nullable=False),
        sa.Column("due_at", _when, nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("tracking", sa.Text(), nullable=False),
        sa.Column("charge", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("format", _words("zpl", "pdf", "png", name="labelformat"), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bought_at", _when, nullable=True),
        sa.Column("void_at", _when, nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_return_label_site_id")),
        sa.ForeignKeyConstraint(["return_no"], ["customer_return.number"], name=op.f("fk_return_label_return_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_label")),
    )
    op.create_index(
        "uq_return_label_live", "return_label", ["return_no"], unique=True, postgresql_where=sa.text("state <> 'void'")
    )
    op.create_index(
        "uq_return_label_tracking", "return_label", ["site_id", "carrier", "tracking"], unique=True,
        postgresql_where=sa.text("state = 'bought' AND tracking <> ''"),
    )  # fmt: skip
    op.create_index(
        "ix_return_label_due", "return_label", ["due_at"], postgresql_where=sa.text("state IN ('wanted', 'asked', 'voiding')"),
    )  # fmt: skip
    op.create_index(
        op.f("ix_customer_return_tracking"), "customer_return", ["tracking"], postgresql_where=sa.text("tracking <> ''")
    )
    for name in ("label_carrier", "label_service"):
        op.add_column("return_rule", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("return_rule", name, server_default=None)
    _kinds((*_MAILS, *_MORE))


def downgrade() -> None:
    """Labels that were bought are forgotten; their carriers know them."""
    op.execute("DELETE FROM mail WHERE kind = 'return_label'")
    _kinds(_MAILS)
    for name in ("label_carrier", "label_service"):
        op.drop_column("return_rule", name)
    op.drop_index(op.f("ix_customer_return_tracking"), "customer_return")
    op.drop_table("return_label")


def _kinds(known: tuple[str, ...]) -> None:
    for table in ("mail", "stock_alert"):
        op.drop_constraint(op.f(f"ck_{table}_mailkind"), table)
        said = f"kind IN ({', '.join(repr(one) for one in known)})"
        op.create_check_constraint(op.f(f"ck_{table}_mailkind"), table, said)


def _words(*closed: str, name: str) -> sa.Enum:
    return sa.Enum(*closed, name=name, native_enum=False, create_constraint=True, length=40)
