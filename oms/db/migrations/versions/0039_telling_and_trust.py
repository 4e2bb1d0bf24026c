"""Mails: to the staff, quiet hours, addresses that get none any more, the shop's own words. Acts are linked behind their commit; rules of
retention; the queue of background work."""

from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db import triggers

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_RETURNS = ("return_asked", "return_approved", "return_refused", "return_received")
_BEFORE = (
    "confirmed",
    "backordered",
    "substitute_offered",
    "ready_for_pick_up",
    "shipped",
    "cancelled",
    "refunded",
    *_RETURNS,
)
_KINDS = (*_BEFORE, "changed", "delayed", "delivered", "follow_up", "low_stock", "late_wave", "bounced")
_TIE = """
DO $$
DECLARE one regprocedure;
BEGIN
    FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, pg_catalog', one);
    END LOOP;
END $$
"""
_when = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Additive; each mail is named by what it tells of."""
    _kinds(_KINDS)
    op.add_column("mail", sa.Column("once", sa.Text(), nullable=True))
    op.execute("UPDATE mail SET once = event_id || ':' || kind")
    op.alter_column("mail", "once", nullable=False)
    op.alter_column("mail", "event_id", nullable=True)
    op.drop_constraint(op.f("uq_mail_event_id_kind"), "mail")
    op.create_unique_constraint(op.f("uq_mail_once"), "mail", ["once"])
    op.create_unique_constraint(op.f("uq_mail_message_id"), "mail", ["message_id"])
    op.create_index(op.f("ix_mail_created_at"), "mail", ["created_at"])
    op.add_column("mail", sa.Column("quiet", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("mail", sa.Column("unsubscribe", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.create_table(
        "mail_stop",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("why", _words("bounced", "unsubscribed", name="stopwhy"), nullable=False),
        sa.Column("at", _when, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "why", name=op.f("pk_mail_stop")),
    )
    op.create_table(
        "staff_mail",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(), nullable=False),
        sa.Column("quiet", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_staff_mail_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_mail")),
        sa.UniqueConstraint("site_id", "address", name=op.f("uq_staff_mail_site_id_address")),
    )
    op.create_table(
        "mail_text",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "language", "sentence", name=op.f("pk_mail_text")),
    )
    op.create_table(
        "low_stock",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("since", _when, nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_low_stock_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_low_stock")),
    )
    _trust()
    _jobs()


def _jobs() -> None:
    """Its functions find each other whoever calls them, from our own connections too."""
    op.execute("DROP SCHEMA IF EXISTS jobs CASCADE")
    op.execute("CREATE SCHEMA jobs")
    # As one text, without parameters: there are signs in it that would be taken for some.
    with closing(op.get_bind().connection.cursor()) as plain:
        plain.execute("SET LOCAL search_path = jobs, pg_catalog")
        plain.execute((Path(__file__).parents[1] / "jobs_3_10.sql").read_text(encoding="utf-8"))
        plain.execute("SET LOCAL search_path TO DEFAULT")
    op.execute(_TIE)


def _trust() -> None:
    for statement in triggers.audit_behind():
        op.execute(statement)
    op.alter_column("audit", "seq", nullable=True)
    op.alter_column("audit", "chain", nullable=True)
    op.create_index("ix_audit_unlinked", "audit", ["site_id", "id"], postgresql_where=sa.text("seq IS NULL"))
    op.create_index("ix_audit_things", "audit", [sa.text("floorhand_things(words)")], postgresql_using="gin")
    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_retention_rule")),
    )


def downgrade() -> None:
    """Back; acts get their links, and mails that could not be before go."""
    op.execute("DROP SCHEMA jobs CASCADE")
    op.drop_table("retention_rule")
    op.drop_index("ix_audit_things", table_name="audit")
    op.drop_index("ix_audit_unlinked", table_name="audit")
    op.execute(
        "SELECT floorhand_audit_extend(site_id, 9223372036854775807) FROM (SELECT DISTINCT site_id FROM audit) AS sites"
    )
    op.alter_column("audit", "seq", nullable=False)
    op.alter_column("audit", "chain", nullable=False)
    for statement in triggers.audit_before():
        op.execute(statement)
    for table in ("low_stock", "mail_text", "staff_mail", "mail_stop"):
        op.drop_table(table)
    known = ", ".join(f"'{kind}'" for kind in _BEFORE)
    op.execute(f"DELETE FROM mail WHERE event_id IS NULL OR kind NOT IN ({known})")  # noqa: S608 - words of this file
    op.drop_column("mail", "unsubscribe")
    op.drop_column("mail", "quiet")
    op.drop_index(op.f("ix_mail_created_at"), table_name="mail")
    op.drop_constraint(op.f("uq_mail_message_id"), "mail")
    op.drop_constraint(op.f("uq_mail_once"), "mail")
    op.drop_column("mail", "once")
    op.create_unique_constraint(op.f("uq_mail_event_id_kind"), "mail", ["event_id", "kind"])
    op.alter_column("mail", "event_id", nullable=False)
    _kinds(_BEFORE)


def _kinds(known: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_mail_mailkind"), "mail")
    op.create_check_constraint(op.f("ck_mail_mailkind"), "mail", f"kind IN ({', '.join(repr(one) for one in known)})")


def _words(*closed: str, name: str) -> sa.Enum:
    return sa.Enum(*closed, name=name, native_enum=False, create_constraint=True, length=40)
