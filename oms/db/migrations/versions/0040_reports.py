"""Reports: who is seen in the ranking of people, who gets reports by mail, mails with a file; what figures of a day are read by."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_BEFORE = (
    "confirmed", "backordered", "substitute_offered", "ready_for_pick_up", "shipped", "cancelled", "refunded", "return_asked",
    "return_approved", "return_refused", "return_received", "changed", "delayed", "delivered", "follow_up", "low_stock", "late_wave",
    "bounced",
)  # fmt: skip
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "report_ranked",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("since", _when, nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_report_ranked_worker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_report_ranked")),
    )
    op.create_table(
        "report_mail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column(
            "every",
            sa.Enum("day", "week", "month", name="every", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("through", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_report_mail_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_mail")),
    )
    op.add_column("mail", sa.Column("file", sa.LargeBinary(), nullable=True))
    op.add_column("mail", sa.Column("file_name", sa.Text(), nullable=False, server_default=sa.text("''")))
    _kinds((*_BEFORE, "report"))
    op.create_index(
        "ix_sales_order_left", "sales_order", ["site_id", "shipped_at"], postgresql_where=sa.text("shipped_at IS NOT NULL")
    )  # fmt: skip
    op.create_index(
        "ix_sales_order_direct", "sales_order", ["site_id", "placed_at"], postgresql_where=sa.text("customer_order IS NULL")
    )  # fmt: skip
    # Rows lie in the order of their time: such an index is small and costs writers nothing to speak of.
    for table, column in (("op", "received_at"), ("stock_move", "at")):
        op.create_index(
            f"ix_{table}_time", table, [column], postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        )  # fmt: skip


def downgrade() -> None:
    """Back; mails of reports go."""
    for name, table in (
        ("ix_stock_move_time", "stock_move"), ("ix_op_time", "op"), ("ix_sales_order_direct", "sales_order"),
        ("ix_sales_order_left", "sales_order"),
    ):  # fmt: skip
        op.drop_index(name, table_name=table)
    op.execute("DELETE FROM mail WHERE kind = 'report'")
    _kinds(_BEFORE)
    op.drop_column("mail", "file_name")
    op.drop_column("mail", "file")
    op.drop_table("report_mail")
    op.drop_table("report_ranked")


def _kinds(known: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mail_mailkind"), "mail")
    op.create_check_constraint(op.f("ck_mail_mailkind"), "mail", f"kind IN ({', '.join(repr(one) for one in known)})")
