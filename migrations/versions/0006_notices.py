"""Notices on articles for every generation, and the revision of each document."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None

_LINKS = {"retracts:": "retraction", "concerns:": "concern", "republishes:": "republication"}
"""How a document said until now of which article it speaks: among its identifiers."""

_FLAGS = {
    "[Expression of concern] ": "concern",
    "[Corrected and republished] ": "republication",
}
"""What stood until now before the title of an article of which a notice spoke."""


def upgrade() -> None:
    notices = op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("revision", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notices_about", "notices", ["about"])
    op.add_column(
        "documents",
        sa.Column("revision", sa.String(length=40), nullable=False, server_default=sa.text("''")),
    )
    found = dict.fromkeys(_notices())
    if found:
        rows = [
            {"about": about, "kind": kind, "said_by": by, "revision": ""}
            for about, kind, by in found
        ]
        op.bulk_insert(notices, rows)


def _notices() -> Iterator[tuple[str, str, str]]:
    """Yield the notices that documents held: what they say of others, and what marks them."""
    documents = sa.table(
        "documents",
        sa.column("id", sa.String),
        sa.column("title", sa.Text),
        sa.column("identifiers", sa.JSON),
        sa.column("retracted", sa.Boolean),
    )
    query = sa.select(documents).where(
        documents.c.retracted
        | documents.c.title.like("[%")
        | sa.cast(documents.c.identifiers, sa.Text).like("%s:pmid:%")
    )
    for row in op.get_bind().execute(query):
        held = row.identifiers or []
        codes = json.loads(held) if isinstance(held, str) else held
        own = [code for code in codes if not code.startswith(tuple(_LINKS))]
        keys = dict.fromkeys([row.id.partition("~")[0], *own])
        said = [kind for flag, kind in _FLAGS.items() if flag in row.title[:80]]
        for kind in [*said, *(["retraction"] if row.retracted else [])]:
            yield from ((key, kind, "") for key in keys)
        for code in codes:
            for link, kind in _LINKS.items():
                if code.startswith(link):
                    yield code.removeprefix(link), kind, row.id.partition("~")[0]


def downgrade() -> None:
    op.drop_column("documents", "revision")
    op.drop_table("notices")
