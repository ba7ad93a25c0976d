"""One engine for every connection of SQLite in a process: what one of them put into words, no other puts anew."""

from sqlalchemy import select
from sqlalchemy.sql.compiler import SQLCompiler

from events.store.sql.schema import tokens
from exchange.stores import sqlite_store


def test_a_statement_is_compiled_once_for_all_connections(sqlite, tmp_path, monkeypatch):
    compiled: list[str] = []
    first = SQLCompiler.__init__

    def heard(self, *given, **named):
        first(self, *given, **named)
        compiled.append(str(self))

    monkeypatch.setattr(SQLCompiler, "__init__", heard)
    other = sqlite_store(f"{tmp_path}/other.db")
    asked = select(tokens.c.person.label("asked_by_all"))
    with sqlite.write() as writing, sqlite.read() as reading, other.read() as elsewhere:
        for session in (writing, reading, elsewhere):
            assert session.sql.execute(asked).all() == []
    other.close()
    assert sum("asked_by_all" in statement for statement in compiled) == 1
