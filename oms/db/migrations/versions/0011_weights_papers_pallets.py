"""What was learned of weights, what customs and papers want to know, pallets and trucks."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db.triggers import in_work

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _site(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f(f"fk_{table}_site_id"))


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _number(*names: str, nullable: bool = False) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=nullable) for name in names]


def _real(*names: str, nullable: bool = False) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float(), nullable=nullable) for name in names]


def _moment(*names: str, nullable: bool = False) -> list[sa.Column[datetime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def upgrade() -> None:
    """Additive."""
    op.add_column("weighing", sa.Column("learned", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("item", sa.Column("hs_code", sa.Text(), nullable=False, server_default=""))
    op.add_column("item", sa.Column("origin", sa.Text(), nullable=False, server_default=""))
    op.add_column("site", sa.Column("paper_words", postgresql.JSONB(), nullable=False, server_default="{}"))
    for table, column in (("weighing", "learned"), ("item", "hs_code"), ("item", "origin"), ("site", "paper_words")):
        op.alter_column(table, column, server_default=None)
    op.create_index("ix_weighing_to_learn", "weighing", ["site_id", "at"], postgresql_where=sa.text("NOT learned"))
    for index, column in (("into", "to_account"), ("out_of", "from_account")):
        where = sa.text(f"{column} LIKE 'parcel:%'")
        op.create_index(f"ix_stock_move_{index}_parcel", "stock_move", [column], postgresql_where=where)
    op.create_table(
        "weight_estimate",
        *_text("site_id", "kind", "key"),
        *_real("mean", "error", "spread", "weight"),
        *_number("parcels"),
        *_real("lean"),
        *_real("told_mean", "told_error", "told_spread", nullable=True),
        *_number("told_parcels"),
        _site("weight_estimate"),
        _key("weight_estimate", "site_id", "kind", "key"),
    )
    for statement in in_work("weight_estimate"):
        op.execute(statement)
    _pallets()
    _trucks()


def _pallets() -> None:
    states = "'planned', 'open', 'closed', 'loaded', 'gone'"
    op.create_table(
        "pallet",
        *_text("sscc", "site_id"),
        sa.Column("state", sa.String(40), nullable=False),
        *_moment("made_at"),
        *_text("carrier", "place"),
        *_number("grams", nullable=True),
        *_moment("opened_at", "closed_at", nullable=True),
        *_text("device", "worker_id", nullable=True),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_pallet_palletstate")),
        _site("pallet"),
        _key("pallet", "sscc"),
    )
    op.create_index(op.f("ix_pallet_site_id_state"), "pallet", ["site_id", "state"])
    op.create_table(
        "pallet_parcel",
        *_text("parcel_id", "pallet", "site_id"),
        *_moment("at"),
        *_text("device", "worker_id", nullable=True),
        _to("pallet_parcel", "parcel_id", "parcel.id"),
        _to("pallet_parcel", "pallet", "pallet.sscc"),
        _site("pallet_parcel"),
        _key("pallet_parcel", "parcel_id"),
    )
    op.create_index(op.f("ix_pallet_parcel_pallet"), "pallet_parcel", ["pallet"])


def _trucks() -> None:
    op.create_table(
        "truck_load",
        *_text("id", "site_id", "carrier"),
        *_moment("opened_at"),
        *_text("device", "worker_id", nullable=True),
        *_moment("handed_at", nullable=True),
        *_text("driver", "plate", "signature"),
        *_number("units"),
        *_text("note", "digest"),
        _site("truck_load"),
        _key("truck_load", "id"),
    )
    op.create_index(op.f("ix_truck_load_site_id_carrier_opened_at"), "truck_load", ["site_id", "carrier", "opened_at"])
    op.create_table(
        "load_unit",
        *_text("sscc", "load_id", "site_id"),
        *_moment("at"),
        *_text("parcel_id", "device", "worker_id", nullable=True),
        _to("load_unit", "load_id", "truck_load.id"),
        _to("load_unit", "parcel_id", "parcel.id"),
        _site("load_unit"),
        _key("load_unit", "sscc"),
    )
    op.create_index(op.f("ix_load_unit_load_id"), "load_unit", ["load_id"])
