"""Money: rules, rates, prices, promo codes, payments, quotations and invoices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Additive; shares of tax get the room that some need (0.08875)."""
    op.create_table(
        "exchange_rate",
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=20, scale=10), nullable=False),
        sa.CheckConstraint("rate > 0", name=op.f("ck_exchange_rate_rate")),
        sa.PrimaryKeyConstraint("base", "quote", "day", name=op.f("pk_exchange_rate")),
    )
    op.create_table(
        "item_tax",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name=op.f("pk_item_tax")),
    )
    op.create_table(
        "money_rule",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column(
            "rounding",
            sa.Enum("line", "order", name="rounding", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "pay",
            sa.Enum("any", "first", "terms", name="paywhen", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "capture",
            sa.Enum("shipment", "at_once", name="capturewhen", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("seller_country", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "country", name=op.f("pk_money_rule")),
    )
    op.create_table(
        "number_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "order_money",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column(
            "rounding",
            sa.Enum("line", "order", name="rounding", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "capture",
            sa.Enum("shipment", "at_once", name="capturewhen", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("shipping_rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("shipping_tax", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=False),
        sa.Column("terms_days", sa.BigInteger(), nullable=True),
        sa.Column("purchase_order", sa.Text(), nullable=False),
        sa.Column("promo_codes", JSONB(), nullable=False),
        sa.Column("counted", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name=op.f("pk_order_money")),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "authorise",
                "capture",
                "refund",
                "void",
                name="money",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "due", "unsure", "done", "failed", name="paystate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_payment_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_key")),
    )
    op.create_index(
        "ix_payment_due", "payment", ["again_at"], unique=False, postgresql_where=sa.text("state IN ('due', 'unsure')")
    )
    op.create_index(op.f("ix_payment_order_no_at"), "payment", ["order_no", "at"], unique=False)
    op.create_table(
        "price_list",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_price_list")),
    )
    op.create_table(
        "promo",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "percent",
                "amount",
                "free_shipping",
                "buy_x_get_y",
                name="promokind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("buy", sa.BigInteger(), nullable=False),
        sa.Column("get", sa.BigInteger(), nullable=False),
        sa.Column("skus", JSONB(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("least_goods", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("most_uses", sa.BigInteger(), nullable=True),
        sa.Column("most_per_customer", sa.BigInteger(), nullable=True),
        sa.Column("stacks", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind <> 'buy_x_get_y' OR (buy >= 1 AND get >= 1)", name=op.f("ck_promo_buy_get")),
        sa.CheckConstraint("value >= 0 AND (kind <> 'percent' OR value <= 1)", name=op.f("ck_promo_value")),
        sa.CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name=op.f("ck_promo_uses")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_promo")),
    )
    op.create_table(
        "tax_rate",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.CheckConstraint("rate >= 0 AND rate < 1", name=op.f("ck_tax_rate_rate")),
        sa.PrimaryKeyConstraint("country", "region", "category", "valid_from", name=op.f("pk_tax_rate")),
    )
    op.create_table(
        "price_list_item",
        sa.Column("list_code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("from_qty", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.CheckConstraint("from_qty >= 1 AND price >= 0", name=op.f("ck_price_list_item_values")),
        sa.ForeignKeyConstraint(["list_code"], ["price_list.code"], name=op.f("fk_price_list_item_list_code")),
        sa.PrimaryKeyConstraint("list_code", "sku", "from_qty", name=op.f("pk_price_list_item")),
    )
    op.create_index(op.f("ix_price_list_item_sku"), "price_list_item", ["sku"], unique=False)
    op.create_table(
        "promo_use",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["promo.code"], name=op.f("fk_promo_use_code")),
        sa.PrimaryKeyConstraint("code", "order_no", name=op.f("pk_promo_use")),
    )
    op.create_index(op.f("ix_promo_use_code_customer"), "promo_use", ["code", "customer"], unique=False)
    op.create_index(op.f("ix_promo_use_order_no"), "promo_use", ["order_no"], unique=False)
    op.create_table(
        "business_account",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("terms_days", sa.BigInteger(), nullable=False),
        sa.Column("price_group", sa.Text(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=False),
        sa.Column("purchase_order", sa.Boolean(), nullable=False),
        sa.CheckConstraint("credit_limit >= 0 AND terms_days >= 0", name=op.f("ck_business_account_values")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_business_account_customer_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_business_account")),
    )
    op.create_table(
        "quotation",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "accepted",
                "declined",
                "expired",
                "replaced",
                name="quotestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ship_to", JSONB(), nullable=False),
        sa.Column("shipping", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("goods", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("discount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purchase_order", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_quotation_customer_id")),
        sa.PrimaryKeyConstraint("number", "version", name=op.f("pk_quotation")),
    )
    op.create_index(op.f("ix_quotation_customer_id_made_at"), "quotation", ["customer_id", "made_at"], unique=False)
    op.create_index("ix_quotation_order_no", "quotation", ["order_no"], unique=False)
    op.create_table(
        "invoice",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("invoice", "credit_note", name="invoicekind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tax_included", sa.Boolean(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("bill_to", JSONB(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=False),
        sa.Column("reverse_charge", sa.Boolean(), nullable=False),
        sa.Column("purchase_order", sa.Text(), nullable=False),
        sa.Column("credits", sa.Text(), nullable=True),
        sa.Column("net", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("paid", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.CheckConstraint("paid >= 0 AND paid <= total", name=op.f("ck_invoice_paid")),
        sa.ForeignKeyConstraint(["credits"], ["invoice.number"], name=op.f("fk_invoice_credits")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_invoice_customer_id")),
        sa.ForeignKeyConstraint(["order_no"], ["customer_order.number"], name=op.f("fk_invoice_order_no")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_invoice")),
    )
    op.create_index(op.f("ix_invoice_customer_id_day"), "invoice", ["customer_id", "day"], unique=False)
    op.create_index(op.f("ix_invoice_order_no"), "invoice", ["order_no"], unique=False)
    op.create_table(
        "quotation_line",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("discount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("tax", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_quotation_line_qty")),
        sa.ForeignKeyConstraint(
            ["number", "version"],
            ["quotation.number", "quotation.version"],
            name=op.f("fk_quotation_line_number_version"),
        ),
        sa.PrimaryKeyConstraint("number", "version", "line_no", name=op.f("pk_quotation_line")),
    )
    op.create_table(
        "invoice_line",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("order_line", sa.BigInteger(), nullable=True),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("discount", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=9, scale=6), nullable=False),
        sa.Column("net", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("tax", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("total", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["invoice.number"], name=op.f("fk_invoice_line_number")),
        sa.PrimaryKeyConstraint("number", "line_no", name=op.f("pk_invoice_line")),
    )
    op.alter_column(
        "customer_order_line",
        "tax_rate",
        existing_type=sa.NUMERIC(precision=14, scale=4),
        type_=sa.Numeric(precision=9, scale=6),
        existing_nullable=True,
    )


def downgrade() -> None:
    """Drops it."""
    op.alter_column(
        "customer_order_line",
        "tax_rate",
        existing_type=sa.Numeric(precision=9, scale=6),
        type_=sa.NUMERIC(precision=14, scale=4),
        existing_nullable=True,
    )
    op.drop_table("invoice_line")
    op.drop_table("quotation_line")
    op.drop_index(op.f("ix_invoice_order_no"), table_name="invoice")
    op.drop_index(op.f("ix_invoice_customer_id_day"), table_name="invoice")
    op.drop_table("invoice")
    op.drop_index("ix_quotation_order_no", table_name="quotation")
    op.drop_index(op.f("ix_quotation_customer_id_made_at"), table_name="quotation")
    op.drop_table("quotation")
    op.drop_table("business_account")
    op.drop_index(op.f("ix_promo_use_order_no"), table_name="promo_use")
    op.drop_index(op.f("ix_promo_use_code_customer"), table_name="promo_use")
    op.drop_table("promo_use")
    op.drop_index(op.f("ix_price_list_item_sku"), table_name="price_list_item")
    op.drop_table("price_list_item")
    op.drop_table("tax_rate")
    op.drop_table("promo")
    op.drop_table("price_list")
    op.drop_index(op.f("ix_payment_order_no_at"), table_name="payment")
    op.drop_index("ix_payment_due", table_name="payment", postgresql_where=sa.text("state IN ('due', 'unsure')"))
    op.drop_table("payment")
    op.drop_table("order_money")
    op.drop_table("number_series")
    op.drop_table("money_rule")
    op.drop_table("item_tax")
    op.drop_table("exchange_rate")
