"""Keep the first end of rows that a rollback revived and that ended again later."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "earlier_ends",
        sa.Column("table", sa.String(length=20), nullable=False),
        sa.Column("row_id", sa.String(length=120), nullable=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("table", "row_id", "until"),
    )


def downgrade() -> None:
    op.drop_table("earlier_ends")
