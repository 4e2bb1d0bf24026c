"""Pictures of what lies in a parcel, and of what is stuck on it."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Wider."""
    op.drop_constraint(op.f("ck_photo_photoof"), "photo")
    op.create_check_constraint(op.f("ck_photo_photoof"), "photo", "shows IN ('parcel', 'damage', 'contents', 'label')")


def downgrade() -> None:
    """Back; such a picture is one of the parcel."""
    op.execute("UPDATE photo SET shows = 'parcel' WHERE shows IN ('contents', 'label')")
    op.drop_constraint(op.f("ck_photo_photoof"), "photo")
    op.create_check_constraint(op.f("ck_photo_photoof"), "photo", "shows IN ('parcel', 'damage')")
