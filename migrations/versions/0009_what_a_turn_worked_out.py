"""What an answer calculated, what it knew of its patient, and how much its check left out."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels = None
depends_on = None

_TABLE = "messages"


def upgrade() -> None:
    for column in (
        sa.Column("calculations", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("patient", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("dropped", sa.Integer(), nullable=False, server_default=sa.text("0")),
    ):
        op.add_column(_TABLE, column)


def downgrade() -> None:
    for name in ("dropped", "patient", "calculations"):
        op.drop_column(_TABLE, name)
