"""The books: accounts, journal, closings, what stock is worth."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.finance import triggers

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive."""
    op.create_table(
        "book",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column(
            "method",
            sa.Enum("fifo", "average", name="method", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("year_starts", sa.BigInteger(), nullable=False),
        sa.Column("sites", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("channels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("consultant", sa.BigInteger(), nullable=False),
        sa.Column("client", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("swept", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("year_starts BETWEEN 1 AND 12", name=op.f("ck_book_year_starts")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_book")),
    )
    op.create_table(
        "purchase_cost",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_purchase_cost_cost")),
        sa.PrimaryKeyConstraint("sku", "day", name=op.f("pk_purchase_cost")),
    )
    op.create_table(
        "book_account",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "asset",
                "liability",
                "equity",
                "income",
                "expense",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_book_account_book")),
        sa.PrimaryKeyConstraint("book", "number", name=op.f("pk_book_account")),
    )
    op.create_index(
        "uq_book_account_role", "book_account", ["book", "role"], unique=True, postgresql_where="role <> ''"
    )
    op.create_table(
        "book_close",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_book_close_book")),
        sa.PrimaryKeyConstraint("book", "through", name=op.f("pk_book_close")),
    )
    op.create_table(
        "goods_in",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("invoiced", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0 AND invoiced BETWEEN 0 AND qty", name=op.f("ck_goods_in_invoiced")),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_goods_in_book")),
        sa.PrimaryKeyConstraint("book", "source", name=op.f("pk_goods_in")),
    )
    op.create_index("ix_goods_in_open", "goods_in", ["book", "sku"], unique=False, postgresql_where="invoiced < qty")
    op.create_table(
        "journal_entry",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "event",
            sa.Enum(
                "goods_received",
                "return_to_supplier",
                "transfer",
                "adjustment",
                "shipment",
                "return_to_stock",
                "write_off",
                "supplier_invoice",
                "late_cost",
                "supplier_payment",
                "invoice",
                "credit_note",
                "sale",
                "payment",
                "refund",
                "fee",
                "payout",
                "opening",
                "exchange",
                "year_end",
                "manual",
                name="event",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fact_day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_in", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_journal_entry_book")),
        sa.PrimaryKeyConstraint("book", "number", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("book", "source", name=op.f("uq_journal_entry_book_source")),
    )
    op.create_index(op.f("ix_journal_entry_book_day"), "journal_entry", ["book", "day"], unique=False)
    op.create_table(
        "payment_posted",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_payment_posted_book")),
        sa.PrimaryKeyConstraint("book", "payment", name=op.f("pk_payment_posted")),
    )
    op.create_table(
        "sale_posted",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_sale_posted_book")),
        sa.PrimaryKeyConstraint("book", "order_no", name=op.f("pk_sale_posted")),
    )
    op.create_table(
        "stock_pool",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("last_n", sa.BigInteger(), nullable=False),
        sa.Column("known_qty", sa.BigInteger(), nullable=False),
        sa.Column("known_value", sa.BigInteger(), nullable=False),
        sa.Column("left_qty", sa.BigInteger(), nullable=False),
        sa.Column("left_value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["book"], ["book.code"], name=op.f("fk_stock_pool_book")),
        sa.PrimaryKeyConstraint("book", "site", "sku", name=op.f("pk_stock_pool")),
    )
    op.create_table(
        "journal_line",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("money", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["book", "account"], ["book_account.book", "book_account.number"], name=op.f("fk_journal_line_book_account")
        ),
        sa.ForeignKeyConstraint(
            ["book", "number"], ["journal_entry.book", "journal_entry.number"], name=op.f("fk_journal_line_book_number")
        ),
        sa.PrimaryKeyConstraint("book", "number", "line_no", name=op.f("pk_journal_line")),
    )
    op.create_index(op.f("ix_journal_line_book_account"), "journal_line", ["book", "account"], unique=False)
    op.create_table(
        "stock_layer",
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty <> 0", name=op.f("ck_stock_layer_qty")),
        sa.ForeignKeyConstraint(
            ["book", "site", "sku"],
            ["stock_pool.book", "stock_pool.site", "stock_pool.sku"],
            name=op.f("fk_stock_layer_book_site_sku"),
        ),
        sa.PrimaryKeyConstraint("book", "site", "sku", "n", name=op.f("pk_stock_layer")),
    )
    op.create_index(op.f("ix_stock_layer_book_sku"), "stock_layer", ["book", "sku"], unique=False)
    for statement in triggers.books():
        op.execute(statement)


def downgrade() -> None:
    """Drops it."""
    for table in (
        "stock_layer",
        "journal_line",
        "stock_pool",
        "sale_posted",
        "payment_posted",
        "journal_entry",
        "goods_in",
        "book_close",
        "book_account",
        "purchase_cost",
        "book",
    ):
        op.drop_table(table)
    for statement in triggers.no_books():
        op.execute(statement)
