"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from oms.db import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_SEQUENCES = ("sscc_serial", "tracking_serial")
_APPEND_ONLY = ("stock_move", "audit")
_SYNCED = (
    "site", "zone", "bin", "item", "item_code", "carton", "sales_order", "order_line", "reservation", "stock_move",
    "stock_balance", "job", "work_item", "parcel", "worker", "worker_role", "floor_exception", "change",
)  # fmt: skip


def upgrade() -> None:
    """To this step."""
    for sequence in _SEQUENCES:
        op.execute(sa.schema.CreateSequence(sa.Sequence(sequence)))
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("words", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_site_id_at"), "audit", ["site_id", "at"], unique=False)
    op.create_table(
        "claim",
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_at"), "claim", ["at"], unique=False)
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    op.create_table(
        "meta",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("epoch_confirmed", sa.Boolean(), nullable=False),
        sa.Column("claims_closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backup_covered_ver", sa.BigInteger(), nullable=False),
        sa.Column("min_push_schema", sa.BigInteger(), nullable=False),
        sa.Column("min_pull_schema", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meta")),
    )
    op.create_table(
        "nonce",
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_nonce")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting", "outbox", ["id"], unique=False, postgresql_where=sa.text("published_at IS NULL")
    )
    op.create_table(
        "site",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("floor_ver", sa.BigInteger(), nullable=False),
        sa.Column("bin_scan_required", sa.Boolean(), nullable=False),
        sa.Column("weight_tolerance_g", sa.BigInteger(), nullable=False),
        sa.Column("weight_tolerance_permille", sa.BigInteger(), nullable=False),
        sa.Column("ship_from", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("gs1_prefix", sa.Text(), nullable=False),
        sa.Column("sscc_extension", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_api_key_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_key_key_hash")),
    )
    op.create_table(
        "carrier_service",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tracking_prefix", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_carrier_service_site_id")),
        sa.PrimaryKeyConstraint("site_id", "carrier", "service", name=op.f("pk_carrier_service")),
    )
    op.create_table(
        "carton",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("inner_length_mm", sa.BigInteger(), nullable=False),
        sa.Column("inner_width_mm", sa.BigInteger(), nullable=False),
        sa.Column("inner_height_mm", sa.BigInteger(), nullable=False),
        sa.Column("outer_length_mm", sa.BigInteger(), nullable=False),
        sa.Column("outer_width_mm", sa.BigInteger(), nullable=False),
        sa.Column("outer_height_mm", sa.BigInteger(), nullable=False),
        sa.Column("tare_g", sa.BigInteger(), nullable=False),
        sa.Column("max_g", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_carton_site_id")),
        sa.PrimaryKeyConstraint("site_id", "code", name=op.f("pk_carton")),
    )
    op.create_table(
        "change",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("ent", sa.Text(), nullable=False),
        sa.Column("ent_id", sa.Text(), nullable=False),
        sa.Column("ver", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_change_site_id")),
        sa.PrimaryKeyConstraint("site_id", "ent", "ent_id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_site_id_ver"), "change", ["site_id", "ver"], unique=False)
    op.create_table(
        "customer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_customer_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_customer_site_id_number")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("pubkey", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active", "forked", "revoked", name="devicestatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("app", sa.Text(), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forked_from", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_device_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_table(
        "floor_exception",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("op_id", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("job", sa.Text(), nullable=True),
        sa.Column("order_no", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_floor_exception_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_floor_exception")),
    )
    op.create_index(op.f("ix_floor_exception_op_id"), "floor_exception", ["op_id"], unique=False)
    op.create_index(
        op.f("ix_floor_exception_site_id_order_no"), "floor_exception", ["site_id", "order_no"], unique=False
    )
    op.create_index(op.f("ix_floor_exception_site_id_state"), "floor_exception", ["site_id", "state"], unique=False)
    op.create_table(
        "item",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("length_mm", sa.BigInteger(), nullable=True),
        sa.Column("width_mm", sa.BigInteger(), nullable=True),
        sa.Column("height_mm", sa.BigInteger(), nullable=True),
        sa.Column("lot_tracked", sa.Boolean(), nullable=False),
        sa.Column("serial_tracked", sa.Boolean(), nullable=False),
        sa.Column("expiry_tracked", sa.Boolean(), nullable=False),
        sa.Column("fragile", sa.Boolean(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_item_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", name=op.f("pk_item")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pick", "pack", name="jobkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "active",
                "done",
                "cancelled",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tote", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("station", sa.Text(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_job_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(
        op.f("ix_job_site_id_kind_state_priority_cut_off"),
        "job",
        ["site_id", "kind", "state", "priority", "cut_off"],
        unique=False,
    )
    op.create_index(op.f("ix_job_site_id_tote"), "job", ["site_id", "tote"], unique=False)
    op.create_table(
        "lot",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_lot_site_id")),
        sa.PrimaryKeyConstraint("site_id", "sku", "lot", name=op.f("pk_lot")),
    )
    op.create_table(
        "op",
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("v", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "applied",
                "applied_late",
                "diverted",
                "parked",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_device", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("tok_epoch", sa.BigInteger(), nullable=True),
        sa.Column("tok_n", sa.BigInteger(), nullable=True),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("wall_ms", sa.BigInteger(), nullable=False),
        sa.Column("mono_ms", sa.BigInteger(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("notice", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("ver", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_op_site_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_op")),
    )
    op.create_index(op.f("ix_op_item"), "op", ["item"], unique=False)
    op.create_index(op.f("ix_op_site_id_kind"), "op", ["site_id", "kind"], unique=False)
    op.create_table(
        "pairing_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_pairing_code_site_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_pairing_code")),
    )
    op.create_table(
        "stock_balance",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_balance_site_id")),
        sa.PrimaryKeyConstraint("site_id", "account", "sku", "lot", name=op.f("pk_stock_balance")),
    )
    op.create_index(
        op.f("ix_stock_balance_site_id_sku_account"), "stock_balance", ["site_id", "sku", "account"], unique=False
    )
    op.create_table(
        "worker",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("badge", sa.Text(), nullable=True),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_pins", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_worker_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker")),
        sa.UniqueConstraint("site_id", "badge", name=op.f("uq_worker_site_id_badge")),
        sa.UniqueConstraint("site_id", "number", name=op.f("uq_worker_site_id_number")),
    )
    op.create_table(
        "zone",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_zone_site_id")),
        sa.PrimaryKeyConstraint("site_id", "code", name=op.f("pk_zone")),
    )
    op.create_table(
        "access_token",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_access_token_device_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_access_token")),
    )
    op.create_index(op.f("ix_access_token_device_id"), "access_token", ["device_id"], unique=False)
    op.create_table(
        "bin",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pick",
                "reserve",
                "lane",
                "quarantine",
                name="binkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("x_mm", sa.BigInteger(), nullable=False),
        sa.Column("y_mm", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id", "zone"], ["zone.site_id", "zone.code"], name=op.f("fk_bin_site_id_zone")),
        sa.PrimaryKeyConstraint("site_id", "code", name=op.f("pk_bin")),
    )
    op.create_index(op.f("ix_bin_site_id_seq"), "bin", ["site_id", "seq"], unique=False)
    op.create_table(
        "item_code",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_item_code_qty_positive")),
        sa.ForeignKeyConstraint(
            ["site_id", "sku"], ["item.site_id", "item.sku"], name=op.f("fk_item_code_site_id_sku")
        ),
        sa.PrimaryKeyConstraint("site_id", "code", name=op.f("pk_item_code")),
    )
    op.create_index(op.f("ix_item_code_site_id_sku"), "item_code", ["site_id", "sku"], unique=False)
    op.create_table(
        "op_seq",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["op_id"], ["op.op_id"], name=op.f("fk_op_seq_op_id")),
        sa.PrimaryKeyConstraint("device", "seq", name=op.f("pk_op_seq")),
    )
    op.create_index(op.f("ix_op_seq_op_id"), "op_seq", ["op_id"], unique=False)
    op.create_table(
        "sales_order",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "open",
                "released",
                "picking",
                "picked",
                "packing",
                "label_pending",
                "shipped",
                "cancelled",
                name="orderstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("ship_name", sa.Text(), nullable=False),
        sa.Column("ship_street", sa.Text(), nullable=False),
        sa.Column("ship_postcode", sa.Text(), nullable=False),
        sa.Column("ship_city", sa.Text(), nullable=False),
        sa.Column("ship_country", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("cut_off", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("flags", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("held_reason", sa.Text(), nullable=False),
        sa.Column("held_params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("conflict_hash", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_sales_order_customer_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_sales_order_site_id")),
        sa.PrimaryKeyConstraint("site_id", "number", name=op.f("pk_sales_order")),
    )
    op.create_index(
        op.f("ix_sales_order_site_id_state_priority_cut_off"),
        "sales_order",
        ["site_id", "state", "priority", "cut_off"],
        unique=False,
    )
    op.create_index(
        "uq_sales_order_reference",
        "sales_order",
        ["site_id", "channel", "reference"],
        unique=True,
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offline_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_session_device_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_session_site_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_session_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_device_id"), "session", ["device_id"], unique=False)
    op.create_index(op.f("ix_session_worker_id"), "session", ["worker_id"], unique=False)
    op.create_table(
        "worker_role",
        sa.Column("worker_id", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "picker",
                "packer",
                "supervisor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["worker.id"], name=op.f("fk_worker_role_worker_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("worker_id", "role", name=op.f("pk_worker_role")),
    )
    op.create_table(
        "order_line",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("picked", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.BigInteger(), nullable=False),
        sa.Column("short", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("tax_rate", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.CheckConstraint("picked >= 0 AND packed >= 0 AND short >= 0", name=op.f("ck_order_line_counts")),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_order_line_qty")),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no"],
            ["sales_order.site_id", "sales_order.number"],
            name=op.f("fk_order_line_site_id_order_no"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("site_id", "order_no", "line_no", name=op.f("pk_order_line")),
    )
    op.create_table(
        "shipment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no"],
            ["sales_order.site_id", "sales_order.number"],
            name=op.f("fk_shipment_site_id_order_no"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_shipment_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
    )
    op.create_index(op.f("ix_shipment_site_id_order_no"), "shipment", ["site_id", "order_no"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("sscc", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("tracking", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "label_pending",
                "label_printed",
                "label_unsure",
                "shipped",
                "void",
                name="parcelstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("carton", sa.Text(), nullable=True),
        sa.Column("grams", sa.BigInteger(), nullable=True),
        sa.Column("label_level", sa.BigInteger(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipment.id"], name=op.f("fk_parcel_shipment_id")),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no"],
            ["sales_order.site_id", "sales_order.number"],
            name=op.f("fk_parcel_site_id_order_no"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_parcel_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel")),
        sa.UniqueConstraint("site_id", "order_no", "number", name=op.f("uq_parcel_site_id_order_no_number")),
        sa.UniqueConstraint("sscc", name=op.f("uq_parcel_sscc")),
    )
    op.create_index(op.f("ix_parcel_shipment_id"), "parcel", ["shipment_id"], unique=False)
    op.create_table(
        "work_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("job_id", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("pick", "pack", name="jobkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "leased",
                "done",
                "short",
                "cancelled",
                name="workstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty_req", sa.BigInteger(), nullable=False),
        sa.Column("from_bin", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("qty_done", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("expiry", sa.Date(), nullable=True),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("tok_epoch", sa.BigInteger(), nullable=False),
        sa.Column("tok_n", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("qty_done >= 0 AND qty_done <= qty_req", name=op.f("ck_work_item_qty_done")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_work_item_job_id")),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no", "line_no"],
            ["order_line.site_id", "order_line.order_no", "order_line.line_no"],
            name=op.f("fk_work_item_site_id_order_no_line_no"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_work_item_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    op.create_index(op.f("ix_work_item_holder"), "work_item", ["holder"], unique=False)
    op.create_index(op.f("ix_work_item_job_id"), "work_item", ["job_id"], unique=False)
    op.create_index(
        op.f("ix_work_item_site_id_kind_state_priority_id"),
        "work_item",
        ["site_id", "kind", "state", "priority", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_work_item_site_id_order_no"), "work_item", ["site_id", "order_no"], unique=False)
    op.create_table(
        "label_fate",
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("sscc", sa.Text(), nullable=False),
        sa.Column("print_job", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("level", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printer", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_label_fate_parcel_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_label_fate_site_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_label_fate")),
    )
    op.create_index(op.f("ix_label_fate_parcel_id"), "label_fate", ["parcel_id"], unique=False)
    op.create_table(
        "lease",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("tok_epoch", sa.BigInteger(), nullable=False),
        sa.Column("tok_n", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "done",
                "released",
                "reclaimed",
                "regranted",
                "cancelled",
                "forked",
                name="leaseend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["item"], ["work_item.id"], name=op.f("fk_lease_item")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_lease_site_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_index(
        "ix_lease_open_device", "lease", ["device"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_index("uq_lease_open_item", "lease", ["item"], unique=True, postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "reservation",
        sa.Column("work_item", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("bin", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_reservation_qty")),
        sa.ForeignKeyConstraint(
            ["site_id", "order_no", "line_no"],
            ["order_line.site_id", "order_line.order_no", "order_line.line_no"],
            name=op.f("fk_reservation_site_id_order_no_line_no"),
        ),
        sa.ForeignKeyConstraint(["work_item"], ["work_item.id"], name=op.f("fk_reservation_work_item")),
        sa.PrimaryKeyConstraint("work_item", name=op.f("pk_reservation")),
    )
    op.create_index(op.f("ix_reservation_site_id_order_no"), "reservation", ["site_id", "order_no"], unique=False)
    op.create_index(op.f("ix_reservation_site_id_sku_bin"), "reservation", ["site_id", "sku", "bin"], unique=False)
    op.create_table(
        "stock_move",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("work_item", sa.Text(), nullable=True),
        sa.CheckConstraint("from_account <> to_account", name=op.f("ck_stock_move_accounts_differ")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_stock_move_qty_positive")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_stock_move_site_id")),
        sa.ForeignKeyConstraint(["work_item"], ["work_item.id"], name=op.f("fk_stock_move_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("source_id", "line_no", name=op.f("uq_stock_move_source_id_line_no")),
    )
    op.create_index(op.f("ix_stock_move_site_id_sku_lot"), "stock_move", ["site_id", "sku", "lot"], unique=False)
    op.create_index(op.f("ix_stock_move_work_item"), "stock_move", ["work_item"], unique=False)
    op.create_table(
        "weighing",
        sa.Column("op_id", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("carton", sa.Text(), nullable=False),
        sa.Column("grams", sa.BigInteger(), nullable=False),
        sa.Column("expected_g", sa.BigInteger(), nullable=False),
        sa.Column("tolerance_g", sa.BigInteger(), nullable=False),
        sa.Column("within", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("worker_id", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_weighing_parcel_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_weighing_site_id")),
        sa.PrimaryKeyConstraint("op_id", name=op.f("pk_weighing")),
    )
    op.create_index(op.f("ix_weighing_parcel_id"), "weighing", ["parcel_id"], unique=False)
    for statement in (*triggers.functions(), *triggers.op_guard()):
        op.execute(statement)
    for table in _APPEND_ONLY:
        for statement in triggers.append_only(table):
            op.execute(statement)
    for table in _SYNCED:
        for statement in triggers.in_work(table):
            op.execute(statement)
