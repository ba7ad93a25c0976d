"""The tables of API keys, and of passes that were ended. No secret stands in them: only a salt, and hashes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

access_keys = Table(
    "access_keys",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("scopes", Text, nullable=False),  # 12-digit codes, parted by spaces
    Column("roles", Text, nullable=False),  # likewise
    Column("created_at", String(40), nullable=False),  # ISO 8601, UTC, as the other moments
    Column("expires_at", String(40)),
    Column("revoked_at", String(40)),
)

ended_passes = Table(
    "ended_passes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False),  # seconds: when the pass is over by itself, and the row with it
)
