"""What the choice of cartons and services wants to know, and what was chosen."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ROTATIONS = "'free', 'flat', 'never'"
_RULES = "'never', 'missing', 'always'"


def _word(table: str, column: str, kind: str, words: str, first: str) -> None:
    op.add_column(table, sa.Column(column, sa.String(40), nullable=False, server_default=first))
    op.alter_column(table, column, server_default=None)
    op.create_check_constraint(op.f(f"ck_{table}_{kind}"), table, f"{column} IN ({words})")


def _filled(table: str, column: "sa.Column[object]") -> None:
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)


def upgrade() -> None:
    """Additive."""
    _filled("carton", sa.Column("cost_cents", sa.BigInteger(), nullable=False, server_default="0"))
    _filled("carton", sa.Column("material", sa.Text(), nullable=False, server_default=""))
    _word("item", "rotation", "rotation", _ROTATIONS, "free")
    op.add_column("item", sa.Column("bears_g", sa.BigInteger(), nullable=True))
    _filled("item", sa.Column("hazard", sa.Text(), nullable=False, server_default=""))
    _filled("item", sa.Column("inserts", postgresql.JSONB(), nullable=False, server_default="[]"))
    _word("site", "service_rule", "servicerule", _RULES, "missing")
    _filled("site", sa.Column("lift_g", sa.BigInteger(), nullable=False, server_default="23000"))
    _filled("site", sa.Column("clearance_mm", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("sales_order", sa.Column("promised", sa.Date(), nullable=True))
    op.add_column("parcel", sa.Column("plan", postgresql.JSONB(), nullable=True))
    op.add_column("weighing", sa.Column("supplies", postgresql.JSONB(), nullable=True))
    op.add_column("shipment", sa.Column("why", postgresql.JSONB(), nullable=True))


def downgrade() -> None:
    """Drops them."""
    for table, column in (
        ("shipment", "why"), ("weighing", "supplies"), ("parcel", "plan"), ("sales_order", "promised"), ("site", "clearance_mm"),
        ("site", "lift_g"), ("site", "service_rule"), ("item", "inserts"), ("item", "hazard"), ("item", "bears_g"), ("item", "rotation"),
        ("carton", "material"), ("carton", "cost_cents"),
    ):  # fmt: skip
        op.drop_column(table, column)
