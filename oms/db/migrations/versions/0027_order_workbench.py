"""The order workbench: what orders are found by, notes, kept searches, merges and splits; and what timelines are read by."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OPEN = "state NOT IN ('shipped', 'returned', 'cancelled')"
_UNIT = "COALESCE(body ->> 'parcel', body ->> 'sscc', body ->> 'pallet')"


def upgrade() -> None:
    """Additive."""
    when = sa.TIMESTAMP(timezone=True)
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_search_serial")))
    op.create_table(
        "saved_search",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name=op.f("pk_saved_search")),
    )
    op.create_table(
        "order_merge",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("kept", JSONB(), nullable=False),
        sa.Column("undone_at", when, nullable=True),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_merge_order_no")),
        sa.ForeignKeyConstraint(["other"], ["customer_order.number"], name=op.f("fk_order_merge_other")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_merge")),
    )
    op.create_index(op.f("ix_order_merge_order_no"), "order_merge", ["order_no"])
    op.create_index(
        "uq_order_merge_other", "order_merge", ["other"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )
    op.create_table(
        "order_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_note_order_no")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_note")),
    )
    op.create_index(op.f("ix_order_note_order_no_at"), "order_note", ["order_no", "at"])
    op.create_table(
        "order_search",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_search_order_no")),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_order_search")),
        sa.UniqueConstraint("n", name=op.f("uq_order_search_n")),
    )
    op.create_index(
        "ix_order_search_words",
        "order_search",
        ["words"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "order_split",
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.ForeignKeyConstraint(["made"], ["customer_order.number"], name=op.f("fk_order_split_made")),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_order_split_order_no")),
        sa.PrimaryKeyConstraint("made", name=op.f("pk_order_split")),
    )
    op.create_index(op.f("ix_order_split_order_no"), "order_split", ["order_no"])
    op.create_index(
        "ix_audit_order",
        "audit",
        [sa.literal_column("(words ->> 'order')")],
        postgresql_where=sa.text("(words ->> 'order') IS NOT NULL"),
    )
    op.create_index(
        "ix_audit_parcel",
        "audit",
        [sa.literal_column("(words ->> 'parcel')")],
        postgresql_where=sa.text("(words ->> 'parcel') IS NOT NULL"),
    )
    op.create_index(
        "ix_customer_order_due",
        "customer_order",
        ["promised"],
        postgresql_where=sa.text(f"{_OPEN} AND promised IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_customer_order_state_placed_at_number"), "customer_order", ["state", "placed_at", "number"]
    )
    op.create_index(
        "ix_op_job",
        "op",
        [sa.literal_column("(body ->> 'job')")],
        postgresql_where=sa.text("item IS NULL AND (body ->> 'job') IS NOT NULL"),
    )
    op.create_index(
        "ix_op_order",
        "op",
        [sa.literal_column("(body ->> 'order')")],
        postgresql_where=sa.text("(body ->> 'order') IS NOT NULL"),
    )
    op.create_index("ix_op_unit", "op", [sa.literal_column(_UNIT)], postgresql_where=sa.text(f"{_UNIT} IS NOT NULL"))


def downgrade() -> None:
    """Drops it."""
    op.drop_index("ix_op_unit", table_name="op", postgresql_where=sa.text(f"{_UNIT} IS NOT NULL"))
    op.drop_index("ix_op_order", table_name="op", postgresql_where=sa.text("(body ->> 'order') IS NOT NULL"))
    op.drop_index(
        "ix_op_job", table_name="op", postgresql_where=sa.text("item IS NULL AND (body ->> 'job') IS NOT NULL")
    )
    op.drop_index(op.f("ix_customer_order_state_placed_at_number"), table_name="customer_order")
    op.drop_index(
        "ix_customer_order_due",
        table_name="customer_order",
        postgresql_where=sa.text(f"{_OPEN} AND promised IS NOT NULL"),
    )
    op.drop_index("ix_audit_parcel", table_name="audit", postgresql_where=sa.text("(words ->> 'parcel') IS NOT NULL"))
    op.drop_index("ix_audit_order", table_name="audit", postgresql_where=sa.text("(words ->> 'order') IS NOT NULL"))
    op.drop_index(op.f("ix_order_split_order_no"), table_name="order_split")
    op.drop_table("order_split")
    op.drop_index(
        "ix_order_search_words",
        table_name="order_search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("order_search")
    op.drop_index(op.f("ix_order_note_order_no_at"), table_name="order_note")
    op.drop_table("order_note")
    op.drop_index("uq_order_merge_other", table_name="order_merge", postgresql_where=sa.text("undone_at IS NULL"))
    op.drop_index(op.f("ix_order_merge_order_no"), table_name="order_merge")
    op.drop_table("order_merge")
    op.drop_table("saved_search")
    op.execute(sa.schema.DropSequence(sa.Sequence("order_search_serial")))
