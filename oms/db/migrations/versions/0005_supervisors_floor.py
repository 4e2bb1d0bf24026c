"""What the supervisor's floor keeps: contacts, jobs kept for a device, decisions about exceptions; and a person's newest facts by index."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this step."""
    op.create_table(
        "device_contact",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_device_contact_device_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_contact")),
    )
    op.create_table(
        "job_kept",
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_job_kept_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_job_kept_device_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job_kept")),
    )
    op.create_index(op.f("ix_job_kept_device_id"), "job_kept", ["device_id"])
    op.create_table(
        "exception_decision",
        sa.Column("exception_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exception_id"],
            ["floor_exception.id"],
            name=op.f("fk_exception_decision_exception_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exception_id", name=op.f("pk_exception_decision")),
    )
    op.create_index(op.f("ix_op_worker_id_received_at"), "op", ["worker_id", "received_at"])
