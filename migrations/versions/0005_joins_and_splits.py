"""Merges of entities as they were decided, and the decisions that undo them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels = None
depends_on = None

# Of merges before this step the identifiers tell how their record came to the entity; where a
# source gives none, a name that an earlier source had given can only have been the reason.
_NOT_THE_FIRST = """
    (SELECT MIN(id) FROM names WHERE names.entity_id = {0}.entity_id
        AND names.source_id = {0}.source_id)
    > (SELECT MIN(id) FROM names WHERE names.entity_id = {0}.entity_id)
"""
_BY_IDENTIFIER = f"""
INSERT INTO joins (entity_id, source_id, how, term)
SELECT entity_id, source_id, 'identifier', MIN(code) FROM identifiers
WHERE own AND joined = 'identifier' AND {_NOT_THE_FIRST.format("identifiers")}
GROUP BY entity_id, source_id
"""
_BY_NAME = f"""
INSERT INTO joins (entity_id, source_id, how, term)
SELECT later.entity_id, later.source_id, 'name', MIN(later.normalised)
FROM names AS later
JOIN names AS earlier ON earlier.entity_id = later.entity_id
    AND earlier.normalised = later.normalised AND earlier.source_id <> later.source_id
WHERE {_NOT_THE_FIRST.format("later")} AND NOT EXISTS (
    SELECT 1 FROM joins
    WHERE joins.entity_id = later.entity_id AND joins.source_id = later.source_id
)
GROUP BY later.entity_id, later.source_id
"""


def upgrade() -> None:
    op.create_table(
        "joins",
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("entity_id", "source_id"),
    )
    op.create_index("ix_joins_source_id", "joins", ["source_id"])
    op.create_table(
        "splits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("shared", sa.JSON(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"]),
        sa.ForeignKeyConstraint(["part_id"], ["entities.id"]),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute(_BY_IDENTIFIER)
    op.execute(_BY_NAME)


def downgrade() -> None:
    op.drop_table("splits")
    op.drop_table("joins")
