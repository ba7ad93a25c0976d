"""Likenesses: keyed tokens by which entries of one human find each other, and the pairs that a person should look at.

They start empty; a rebuild fills them. No caller's role may read them: what is shown of a pair is read from both books.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
WHEN = "before"

OFFICE = sa.String(12)
ID = sa.String(36)


def upgrade() -> None:
    op.create_table(
        "likenesses",
        sa.Column("holder", OFFICE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("token", "holder", "person", name="pk_likenesses"),
    )
    op.create_index("ix_likenesses_person", "likenesses", ["person"])
    op.create_table(
        "proposals",
        sa.Column("one", ID, nullable=False),
        sa.Column("one_holder", OFFICE, nullable=False),
        sa.Column("other", ID, nullable=False),
        sa.Column("other_holder", OFFICE, nullable=False),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("one", "one_holder", "other", "other_holder", name="pk_proposals"),
    )
    op.create_index("ix_proposals_other", "proposals", ["other"])
    op.create_index("ix_proposals_holders", "proposals", ["one_holder", "other_holder"])
    op.create_table(
        "apart",
        sa.Column("holder", OFFICE, nullable=False),
        sa.Column("person", ID, nullable=False),
        sa.Column("other", ID, nullable=False),
        sa.PrimaryKeyConstraint("person", "other", "holder", name="pk_apart"),
    )
    op.create_index("ix_apart_other", "apart", ["other"])
