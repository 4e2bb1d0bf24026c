"""Customers over all sites with what is known of them; the sequence of events, hooks and mails; parts of scopes need no table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

when = sa.TIMESTAMP(timezone=True)

#: Customers were each site's. One number at two sites is one customer when the e-mail address is the same, or when one has none
#: and the name is the same; otherwise the number of the later one gets its site behind it.
_ONE_OVER_SITES = (
    """
    CREATE TEMPORARY TABLE customer_same ON COMMIT DROP AS
    SELECT c.id, f.id AS first_id,
           CASE WHEN lower(btrim(c.email)) = lower(btrim(f.email)) AND btrim(c.email) <> '' THEN true
                WHEN btrim(c.email) = '' OR btrim(f.email) = '' THEN lower(btrim(c.name)) = lower(btrim(f.name))
                ELSE false END AS same
      FROM customer c
      JOIN LATERAL (SELECT * FROM customer o WHERE o.number = c.number ORDER BY o.site_id, o.id LIMIT 1) f ON f.id <> c.id
    """,
    "UPDATE customer_order o SET customer_id = s.first_id FROM customer_same s WHERE o.customer_id = s.id AND s.same",
    "UPDATE sales_order o SET customer_id = s.first_id FROM customer_same s WHERE o.customer_id = s.id AND s.same",
    """
    UPDATE customer f SET email = c.email FROM customer c JOIN customer_same s ON s.id = c.id
     WHERE s.first_id = f.id AND s.same AND btrim(f.email) = '' AND btrim(c.email) <> ''
    """,
    "DELETE FROM customer c USING customer_same s WHERE c.id = s.id AND s.same",
    "UPDATE customer c SET number = c.number || '@' || c.site_id FROM customer_same s WHERE c.id = s.id AND NOT s.same",
)
#: What was known becomes a contact, in the form in which it is compared.
_CONTACTS = """
    INSERT INTO customer_contact (id, customer_id, kind, value, plain, label)
    SELECT md5('email' || id), id, 'email', btrim(email), lower(btrim(email)), '' FROM customer WHERE btrim(email) <> ''
"""


def _words(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    """Makes one list of the customers of all sites; the rest is additive."""
    _customers()
    _hooks()
    _mails()


def _customers() -> None:
    op.execute("SELECT set_config('floorhand.work', 'on', true)")
    for statement in _ONE_OVER_SITES:
        op.execute(statement)
    op.drop_constraint(op.f("uq_customer_site_id_number"), "customer", type_="unique")
    op.drop_constraint(op.f("fk_customer_site_id"), "customer", type_="foreignkey")
    op.drop_column("customer", "site_id")
    op.create_unique_constraint(op.f("uq_customer_number"), "customer", ["number"])
    for name, type_, fresh in (
        ("kind", _words("person", "company", name="customerkind"), "person"),
        ("vat_number", sa.Text(), ""),
        ("customer_group", sa.Text(), ""),
        ("flags", JSONB(), "[]"),
        ("revision", sa.BigInteger(), "1"),
    ):
        op.add_column("customer", sa.Column(name, type_, nullable=False, server_default=fresh))
        op.alter_column("customer", name, server_default=None)
    op.add_column("customer", sa.Column("created_at", when, nullable=True))
    op.add_column("customer", sa.Column("merged_into", sa.Text(), nullable=True))
    op.add_column("customer", sa.Column("erased_at", when, nullable=True))
    op.create_foreign_key(op.f("fk_customer_merged_into"), "customer", "customer", ["merged_into"], ["id"])
    op.create_index(op.f("ix_customer_merged_into"), "customer", ["merged_into"])
    op.create_index(
        "ix_customer_name_words", "customer", [sa.text("to_tsvector('simple', name)")], postgresql_using="gin"
    )
    op.create_index(
        "ix_sales_order_customer", "sales_order", ["customer_id"], postgresql_where=sa.text("customer_id IS NOT NULL")
    )
    op.execute(sa.schema.CreateSequence(sa.Sequence("customer_number", start=100001)))
    op.create_table(
        "customer_address",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("use", _words("ship", "bill", name="addressuse"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("used_at", when, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_address_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_address")),
        sa.UniqueConstraint("customer_id", "use", "digest", name=op.f("uq_customer_address_customer_id_use_digest")),
    )
    op.create_index(
        op.f("ix_customer_address_likeness"),
        "customer_address",
        ["likeness"],
        postgresql_ops={"likeness": "text_pattern_ops"},
    )
    op.create_table(
        "customer_consent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("said_in", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_consent_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_consent")),
    )
    op.create_index(op.f("ix_customer_consent_customer_id_what_at"), "customer_consent", ["customer_id", "what", "at"])
    op.create_table(
        "customer_contact",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", _words("email", "phone", name="contactkind"), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_contact_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_contact")),
        sa.UniqueConstraint("customer_id", "kind", "plain", name=op.f("uq_customer_contact_customer_id_kind_plain")),
    )
    op.create_index(
        op.f("ix_customer_contact_plain"), "customer_contact", ["plain"], postgresql_ops={"plain": "text_pattern_ops"}
    )
    op.create_table(
        "customer_erasure",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("counts", JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_erasure_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_erasure")),
    )
    op.create_index(op.f("ix_customer_erasure_customer_id"), "customer_erasure", ["customer_id"])
    op.create_table(
        "customer_identity",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("foreign_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_identity_customer_id")),
        sa.PrimaryKeyConstraint("channel", "foreign_id", name=op.f("pk_customer_identity")),
    )
    op.create_index(op.f("ix_customer_identity_customer_id"), "customer_identity", ["customer_id"])
    op.create_table(
        "customer_merge",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("gone", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("moved", JSONB(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("undone_at", when, nullable=True),
        sa.ForeignKeyConstraint(["gone"], ["customer.id"], name=op.f("fk_customer_merge_gone")),
        sa.ForeignKeyConstraint(["kept"], ["customer.id"], name=op.f("fk_customer_merge_kept")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_merge")),
    )
    op.create_index(op.f("ix_customer_merge_gone"), "customer_merge", ["gone"])
    op.create_index(op.f("ix_customer_merge_kept"), "customer_merge", ["kept"])
    op.create_table(
        "customer_note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_customer_note_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_note")),
    )
    op.create_index(op.f("ix_customer_note_customer_id_at"), "customer_note", ["customer_id", "at"])
    op.execute(_CONTACTS)


def _hooks() -> None:
    op.create_index(op.f("ix_order_event_xid"), "order_event", ["xid"])
    op.create_table(
        "happening_mark",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("below", sa.BigInteger(), nullable=False),
        sa.Column("upto", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_happening_mark")),
    )
    op.create_table(
        "happening_reader",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_happening_reader")),
    )
    op.create_table(
        "hook",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("patterns", JSONB(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("secret_before", sa.Text(), nullable=True),
        sa.Column("before_until", when, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("not_before", when, nullable=True),
        sa.Column("slow", sa.Boolean(), nullable=False),
        sa.Column("served_at", when, nullable=True),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", when, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
    )
    op.create_index("ix_hook_due", "hook", ["served_at"], postgresql_where=sa.text("active"))
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("hook_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("next_at", when, nullable=False),
        sa.Column("state", _words("waiting", "done", "dead", name="deliverystate"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", when, nullable=True),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], name=op.f("fk_hook_delivery_hook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_delivery")),
    )
    op.create_index(op.f("ix_hook_delivery_hook_id_id"), "hook_delivery", ["hook_id", "id"])
    op.create_index(
        "ix_hook_delivery_order",
        "hook_delivery",
        ["hook_id", "order_no", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_hook_delivery_waiting",
        "hook_delivery",
        ["hook_id", "id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "hook_attempt",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.BigInteger(), nullable=False),
        sa.Column("words", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["hook_delivery.id"], name=op.f("fk_hook_attempt_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_attempt")),
    )
    op.create_index(op.f("ix_hook_attempt_delivery_id_id"), "hook_attempt", ["delivery_id", "id"])
    op.create_table(
        "happening",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["order_event.id"], name=op.f("fk_happening_event_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_happening")),
        sa.UniqueConstraint("event_id", name=op.f("uq_happening_event_id")),
    )
    op.create_index(op.f("ix_happening_at"), "happening", ["at"])
    op.execute("INSERT INTO happening_mark (id, below, upto, last_id) VALUES (1, 0, 0, 0)")
    op.execute("INSERT INTO happening_reader (name, seq) VALUES ('hooks', 0), ('mail', 0)")


def _mails() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            _words(
                "confirmed",
                "backordered",
                "substitute_offered",
                "ready_for_pick_up",
                "shipped",
                "cancelled",
                "refunded",
                name="mailkind",
            ),
            nullable=False,
        ),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("created_at", when, nullable=False),
        sa.Column("next_at", when, nullable=False),
        sa.Column("state", _words("waiting", "sent", "dead", name="mailstate"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("sent_at", when, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["order_event.id"], name=op.f("fk_mail_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("event_id", "kind", name=op.f("uq_mail_event_id_kind")),
    )
    op.create_index(op.f("ix_mail_order_no"), "mail", ["order_no"])
    op.create_index("ix_mail_waiting", "mail", ["next_at"], postgresql_where=sa.text("state = 'waiting'"))


def downgrade() -> None:
    """Gives all customers to the first site."""
    op.drop_index("ix_mail_waiting", table_name="mail", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f("ix_mail_order_no"), table_name="mail")
    op.drop_table("mail")
    op.drop_index(op.f("ix_happening_at"), table_name="happening")
    op.drop_table("happening")
    op.drop_index(op.f("ix_hook_attempt_delivery_id_id"), table_name="hook_attempt")
    op.drop_table("hook_attempt")
    op.drop_index("ix_hook_delivery_waiting", table_name="hook_delivery", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_hook_delivery_order", table_name="hook_delivery", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index(op.f("ix_hook_delivery_hook_id_id"), table_name="hook_delivery")
    op.drop_table("hook_delivery")
    op.drop_index(op.f("ix_customer_note_customer_id_at"), table_name="customer_note")
    op.drop_table("customer_note")
    op.drop_index(op.f("ix_customer_merge_kept"), table_name="customer_merge")
    op.drop_index(op.f("ix_customer_merge_gone"), table_name="customer_merge")
    op.drop_table("customer_merge")
    op.drop_index(op.f("ix_customer_identity_customer_id"), table_name="customer_identity")
    op.drop_table("customer_identity")
    op.drop_index(op.f("ix_customer_erasure_customer_id"), table_name="customer_erasure")
    op.drop_table("customer_erasure")
    op.drop_index(
        op.f("ix_customer_contact_plain"), table_name="customer_contact", postgresql_ops={"plain": "text_pattern_ops"}
    )
    op.drop_table("customer_contact")
    op.drop_index(op.f("ix_customer_consent_customer_id_what_at"), table_name="customer_consent")
    op.drop_table("customer_consent")
    op.drop_index(
        op.f("ix_customer_address_likeness"),
        table_name="customer_address",
        postgresql_ops={"likeness": "text_pattern_ops"},
    )
    op.drop_table("customer_address")
    op.drop_index("ix_hook_due", table_name="hook", postgresql_where=sa.text("active"))
    op.drop_table("hook")
    op.drop_table("happening_reader")
    op.drop_table("happening_mark")
    op.drop_index(op.f("ix_order_event_xid"), table_name="order_event")
    op.drop_index(
        "ix_sales_order_customer", table_name="sales_order", postgresql_where=sa.text("customer_id IS NOT NULL")
    )
    op.execute(sa.schema.DropSequence(sa.Sequence("customer_number")))
    op.drop_index("ix_customer_name_words", table_name="customer", postgresql_using="gin")
    op.drop_index(op.f("ix_customer_merged_into"), table_name="customer")
    op.drop_constraint(op.f("fk_customer_merged_into"), "customer", type_="foreignkey")
    for name in ("kind", "vat_number", "customer_group", "flags", "revision", "created_at", "merged_into", "erased_at"):
        op.drop_column("customer", name)
    op.drop_constraint(op.f("uq_customer_number"), "customer", type_="unique")
    op.add_column("customer", sa.Column("site_id", sa.Text(), nullable=True))
    op.execute("UPDATE customer SET site_id = (SELECT min(id) FROM site)")
    op.alter_column("customer", "site_id", nullable=False)
    op.create_foreign_key(op.f("fk_customer_site_id"), "customer", "site", ["site_id"], ["id"])
    op.create_unique_constraint(op.f("uq_customer_site_id_number"), "customer", ["site_id", "number"])
