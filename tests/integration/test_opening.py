"""A node that cannot be opened leaves nothing open: a worker tries again and again, in the same process."""

import os
from pathlib import Path

import psycopg
import pytest

from events.store.errors import Unavailable
from exchange.node import Node
from exchange.settings import settings
from tests.integration.towns import BEIJING_AND_HUBEI

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def hands_on(database: Path, url: str) -> int:
    """How often the database is open: its file in this process, or connections to it."""
    if url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            (count,) = connection.execute(OTHERS).fetchone() or (0,)
            return int(count)
    seen = database.stat()
    return sum(is_same(int(each.name), seen) for each in Path("/dev/fd").iterdir())


def is_same(descriptor: int, seen: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), seen)
    except OSError:  # that of the list itself
        return False


def stopped() -> None:
    raise InterruptedError


@pytest.mark.parametrize("fault", [{"clock": stopped}, {"broker_url": "redis://localhost:no-number/0"}])
def test_a_node_that_fails_as_it_opens_lets_go_of_the_database(tmp_path, database_url, fault):
    given = {"broker_url": "", **fault}
    clock = given.pop("clock", None)
    served = settings(data=tmp_path, serves=BEIJING_AND_HUBEI, database_url=database_url, **given)
    with pytest.raises((InterruptedError, ValueError)) as refused:
        Node.open(served, clock=clock)
    assert hands_on(served.database, database_url) == 0
    del refused  # it has held, until here, whatever was left open
    node = Node.open(settings(data=tmp_path, serves=BEIJING_AND_HUBEI, database_url=database_url))
    assert hands_on(served.database, database_url) > 0
    node.close()


def test_a_file_that_is_no_database_is_not_held_on_to(tmp_path):
    served = settings(data=tmp_path, serves=BEIJING_AND_HUBEI)
    served.database.write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable) as refused:
        Node.open(served)
    assert refused.value.rule == "store.lost"
    assert hands_on(served.database, "") == 0
