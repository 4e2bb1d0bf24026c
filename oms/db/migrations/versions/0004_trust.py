"""A chained audit trail, keys of the server that are announced before they serve, and codes short enough to type."""

import sqlalchemy as sa
from alembic import op

from oms.db import triggers

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

#: The rows there are already get their numbers and links in the order in which they were written.
_LINK_OLD = """
DO $$
DECLARE one audit; head audit_head;
BEGIN
    FOR one IN SELECT * FROM audit ORDER BY id LOOP
        INSERT INTO audit_head (site_id, seq, chain) VALUES (one.site_id, 0, '') ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit_head WHERE site_id = one.site_id;
        one.seq := head.seq + 1;
        one.chain := floorhand_audit_link(head.chain, one);
        UPDATE audit SET seq = one.seq, chain = one.chain WHERE id = one.id;
        UPDATE audit_head SET seq = one.seq, chain = one.chain WHERE site_id = one.site_id;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """To this step."""
    op.create_table(
        "audit_head",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_audit_head")),
    )
    op.add_column("audit", sa.Column("seq", sa.BigInteger(), nullable=True))
    op.add_column("audit", sa.Column("chain", sa.Text(), nullable=True))
    for statement in triggers.audit_chain():
        op.execute(statement)
    op.execute("ALTER TABLE audit DISABLE TRIGGER append_only")
    op.execute(_LINK_OLD)
    op.execute("ALTER TABLE audit ENABLE TRIGGER append_only")
    op.alter_column("audit", "seq", nullable=False)
    op.alter_column("audit", "chain", nullable=False)
    op.create_unique_constraint(op.f("uq_audit_site_id_seq"), "audit", ["site_id", "seq"])
    op.create_index(op.f("ix_audit_worker_id"), "audit", ["worker_id"])
    op.create_index(op.f("ix_audit_device"), "audit", ["device"])
    op.create_table(
        "server_key",
        sa.Column("spki", sa.Text(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("spki", name=op.f("pk_server_key")),
    )
    op.add_column("device", sa.Column("pins", sa.Text(), nullable=False, server_default=""))
    op.alter_column("device", "pins", server_default=None)
    op.add_column("pairing_code", sa.Column("short_hash", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_pairing_code_short_hash"), "pairing_code", ["short_hash"])
    op.add_column("worker", sa.Column("trust_n", sa.BigInteger(), nullable=False, server_default="0"))
    op.alter_column("worker", "trust_n", server_default=None)
