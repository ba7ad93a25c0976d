"""How PostgreSQL plans what is asked of it: by index whatever it believes of the tables, and once."""

import psycopg
import pytest

from events.store.bulk import _delete, _select
from events.store.sql.events import _OF_SUBJECTS
from events.store.sql.feed import _AT_PLACES, _HEADS, _TO_PERSONS
from events.store.sql.log import _TILES
from events.store.sql.persons import _KEYS_OF
from events.store.sql.rows import Pairs, about, remove
from events.store.sql.schema import tokens
from events.store.sql.work import _JOINED, _MARKS
from exchange.pipeline.relatives import _HANGING_ON
from tests.contract.story import LIN, NOON, TOWN, event, fresh_id


@pytest.mark.parametrize(
    ("query", "second"),
    [
        (Pairs("author, id, parts", "deliveries", ("author", "id")), [f"id-{n}" for n in range(500)]),
        (Pairs("office, position, actor", "acknowledgements", ("office", "position")), list(range(500))),
    ],
)
def test_pairs_are_looked_up_by_index_also_where_nothing_is_known_of_the_table(postgres, query, second):
    with postgres.read() as session:
        asked = query.columns((TOWN, each) for each in second)
        plan = psycopg.RawCursor(session.driver).execute(f"EXPLAIN {query.in_postgres}", asked).fetchall()
    assert not [line for (line,) in plan if "Seq Scan" in line]
    assert any("Index" in line for (line,) in plan)


PLANS = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement = %s"


def test_what_is_asked_again_and_again_is_planned_once(postgres):
    with postgres.write() as session:
        session.append([event(1)])
        times = 50
        for _ in range(times):
            session.dossiers([LIN])
            session.events_of([LIN])
            session.deliveries_of([LIN])
            session.wrapped_keys([LIN])
            session.acknowledged(TOWN, [1])
            for query in (_MARKS, _HEADS, _HANGING_ON):
                list(session.ask_rows(query, [LIN]))
            list(session.ask_rows(_TILES, [(0, 0)]))
            remove(session.sql, tokens, [LIN])
            about(session.sql, tokens, [LIN])
        rows = (_JOINED, _OF_SUBJECTS, _TO_PERSONS, _KEYS_OF, _AT_PLACES)
        working = (_MARKS, _HEADS, _HANGING_ON, _TILES)
        asked = [each.in_postgres for each in (*rows, *working)]
        for statement in (*asked, _delete(tokens, "person")[0], _select(tokens, "person")[0]):
            planned = session.driver.execute(PLANS, [statement]).fetchone()
            assert planned == (times - 5, 5), statement  # PostgreSQL tries that often before it believes it


READ = "SELECT sum(seq_tup_read)::int8 FROM pg_stat_xact_user_tables WHERE relname IN ('pending', 'dirty')"


def test_what_waits_is_read_once_also_where_the_plan_was_made_while_nobody_waited(url, postgres):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as owner:
        for table in ("pending", "dirty"):
            owner.execute(f"VACUUM ANALYZE {table}")  # as the database does by itself, with the queues gone down
    for _ in range(10):  # until it keeps its plans
        with postgres.write() as session:
            session.sequence(9, NOON)
            session.claim(9)
    waiting = 300
    with postgres.write() as session:  # no act bears the name of its event, as where clients name them
        session.append([event(1, person=fresh_id()) for _ in range(waiting)])
    with postgres.write() as session:
        assert len(session.sequence(waiting, NOON)) == waiting
        assert len(session.claim(9)) == 9
        read = session.driver.execute(READ).fetchone()
    assert read is not None
    assert read[0] < 5 * waiting


def test_at_the_head_of_the_log_no_statement_is_compiled(postgres):
    """Its one row is read from end to end, which counts as forbidden there, and up to 17 as dear enough for it."""
    with postgres.write() as session:
        session.sequence(9, NOON)
        found = session.driver.execute("SELECT current_setting('jit'), current_setting('enable_seqscan')").fetchone()
    assert found == ("off", "off")
    with postgres.read() as session:
        assert session.driver.execute("SELECT current_setting('enable_seqscan')").fetchone() == ("on",)
