"""PostgreSQL stopped in the middle and started again: what was accepted stands, the rest says so, and work goes on."""

import pytest

from events.errors import ExchangeError
from exchange.reconcile import checks
from tests.servers.platform import accepted, platform, readiness, settle, submissions, submit

PERSONS = 12


def test_it_goes_on_where_it_was(database, tmp_path):
    with platform(tmp_path, database.url()) as served:
        served.worker("--beat")
        (registered, *_) = submissions(PERSONS)
        for office, item in registered[: PERSONS // 2]:
            accepted(submit(served.node, office, item))
        database.child.end()
        office, item = registered[PERSONS // 2]
        with pytest.raises(ExchangeError) as refused:
            submit(served.node, office, item)
        assert refused.value.status == 503
        assert readiness(served.node)[0] == 503
        database.begin()
        for office, item in registered:
            accepted(submit(served.node, office, item))
        settle(served.node)
        assert readiness(served.node) == (200, {"status": "ok"})
        assert checks(served.node).equal
        with served.node.uow.look() as session:
            assert session.frontier().size >= PERSONS
