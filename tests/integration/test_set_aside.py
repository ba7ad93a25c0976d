"""An event that was damaged before it had its place: everybody else goes on, it is named, and goes on once mended."""

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from sqlalchemy import LargeBinary, bindparam, create_engine, text
from structlog.testing import capture_logs

from events.errors import Tampered
from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.http.metrics import metrics
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.lag import lag
from exchange.queries.status import status
from exchange.reconcile import checks, report
from tests.integration.test_checks import behind_the_back
from tests.integration.test_refused_rows import asked_about
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman


@pytest.fixture
def node(tmp_path, database_url) -> Iterator[Node]:
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


def body_of(node: Node, id_: str) -> bytes:
    with node.uow.look() as session:
        (body,) = session.sql.execute(text("SELECT body FROM events WHERE id = :id"), {"id": id_}).one()
    return bytes(body)


def write(node: Node, id_: str, body: bytes) -> None:
    """What whoever holds the database can do."""
    if not node.settings.database_url:
        behind_the_back(node, ("UPDATE events SET body = ? WHERE id = ?", (body, id_)))
        return
    engine = create_engine(node.settings.database_url)
    change = text("UPDATE events SET body = :body WHERE id = :id").bindparams(bindparam("body", type_=LargeBinary))
    with engine.begin() as owner:
        owner.execute(text("SET LOCAL session_replication_role = replica"))
        owner.execute(change, {"body": body, "id": id_})
    engine.dispose()


def test_it_holds_up_nobody_else_is_named_everywhere_and_goes_on_once_it_is_put_right(node, home, new_home):
    for number in (2, 3):
        home.registers(woman(number))
    new_home.forwards = False
    bad = new_home.sees_arrive(woman(2), ZHIFANG)
    later = new_home.records("movement.moved_within", "2026-03-02", {"address": "9 Lane"}, bad.person)
    other = new_home.sees_arrive(woman(3), ZHIFANG)
    body = body_of(node, bad.id)
    write(node, bad.id, b"{}")
    assert lag(node)[0].waiting == 3, "the measures are told before anybody has tried"
    with capture_logs() as said:
        advance(node)
    assert aside(said) == [(bad.id, "frame.form"), (later.id, "stream.waits")]
    assert asked_about(node, [str(bad.person), str(other.person)]) == {str(other.person)}

    now = status(node)
    assert (now.pending, now.set_aside, now.lag_events) == (0, 2, 0)
    app = create_app(node, [metrics(node)]).test_client()
    ready = app.get("/readyz")
    assert (ready.status_code, ready.get_json()) == (200, {"status": "degraded", "set_aside": {"sequencing": 2}})
    token = Keys(node.uow, node.clock).issue("watch", [ZHIFANG], ["operator"])[1]
    told = app.get("/metrics", headers={"Authorization": f"Bearer {token}"}).get_data(as_text=True)
    assert 'exchange_set_aside{stage="sequencing"} 2.0' in told
    for found in (checks(node), report(node)):
        (fault,) = [each for each in found.differences if each.check == "ledger"]
        assert (fault.office, fault.person, fault.lacking) == (DONGHUAMEN, bad.person, ("body",))

    write(node, bad.id, body)
    advance(node)
    assert (status(node).set_aside, status(node).lag_events) == (0, 0)
    assert app.get("/readyz").get_json() == {"status": "ok"}
    assert asked_about(node, [str(bad.person)]) == {str(bad.person)}
    assert checks(node).equal
    with node.uow.look() as session:
        order = [event.frame.id for event in session.log(0, 1000)]
    assert order.index(other.id) < order.index(bad.id) < order.index(later.id)


def aside(said: list[MutableMapping[str, Any]]) -> list[tuple[str, str]]:
    return [(line["id"], line["why"]) for line in said if line["event"] == "event_set_aside"]


def test_an_event_whose_row_is_gone_before_it_had_its_place_is_named(tmp_path):
    node = opened(tmp_path)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(woman(2))
    new_home.forwards = False
    lost = new_home.sees_arrive(woman(2), ZHIFANG)
    behind_the_back(node, ("DELETE FROM events WHERE id = ?", (lost.id,)))
    advance(node)
    (fault,) = checks(node).differences
    assert (fault.check, fault.office, fault.lacking) == ("ledger", DONGHUAMEN, ("event",))
    assert fault.event is not None
    assert fault.event.id == lost.id
    assert status(node).pending == 0
    node.close()


def test_an_event_about_an_office_that_does_not_open_is_named_and_everything_waits_until_it_is_put_right(node, home):
    home.registers(woman(2))
    home.forwards = False
    home.registers(woman(3))
    with node.uow.look() as session:
        damaged = min(session.jurisdiction_refs(), key=lambda ref: ref.id)
    body = body_of(node, damaged.id)
    write(node, damaged.id, b"{}")
    with pytest.raises(Tampered, match=f"offices.damaged.*{damaged.id}"):
        Node.open(node.settings)
    app = create_app(node).test_client()
    assert app.get("/readyz").status_code == 200, "whoever knew the offices before goes on"
    node._learned = frozenset()  # as whenever anything new is recorded about an office
    assert app.get("/readyz").status_code == 503
    with pytest.raises(Tampered):
        advance(node)
    write(node, damaged.id, body)
    advance(node)
    assert app.get("/readyz").get_json() == {"status": "ok"}
