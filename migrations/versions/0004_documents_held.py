"""Index the generations in which documents were added and ended."""

from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_documents_since", "documents", ["since"])
    op.create_index("ix_documents_until", "documents", ["until"])


def downgrade() -> None:
    op.drop_index("ix_documents_until", "documents")
    op.drop_index("ix_documents_since", "documents")
