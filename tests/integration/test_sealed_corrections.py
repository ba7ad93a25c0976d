"""What a correction sets of a person is sealed, also where it sets as a whole what another fact set (section 6)."""

from __future__ import annotations

from sqlalchemy import select

from events.store.sql.schema import events
from exchange.opened import opened, shown
from exchange.queries.history import history
from exchange.reconcile import checks
from tests.integration.towns import woman


def in_the_clear(node) -> bytes:
    with node.uow.look() as session:
        return b"".join(session.sql.execute(select(events.c.body)).scalars())


def test_nothing_of_a_change_or_of_an_earlier_correction_stands_in_the_clear(node, home):
    person = str(home.registers(woman()).person)
    change = [home.code, home.records("person.changed", "2026-03-01", {"set": {"name": "王一"}}, person).id]
    amended = {"target": change, "set": {"set": {"name": "王二"}}}
    first = [home.code, home.records("event.corrected", "2026-03-01", amended, person).id]
    assert home.sheet(person)["particulars"]["name"] == "王二"
    home.records("event.corrected", "2026-03-01", {"target": first, "set": {"set": {"set": {"name": "王三"}}}}, person)
    assert home.sheet(person)["particulars"]["name"] == "王三"
    assert not [name for name in ("王一", "王二", "王三") if name.encode() in in_the_clear(node)]
    assert checks(node).equal


def test_nor_of_the_deviations_of_a_reply(node, home, new_home):
    arrived = new_home.sees_arrive({**woman(), "name": "王四"}, home.code)
    case = {"opening": [new_home.code, arrived.id], "asked": home.code, "kind": "inflow"}
    differs = [{"field": "name", "ours": "王五", "yours": "王四"}]
    home.registers({**woman(), "name": "王五"})
    person = str(arrived.person)
    answer = home.records("case.confirmed", "2026-03-02", {"case": case, "deviations": differs}, person)
    differs = [{"field": "name", "ours": "王六", "yours": "王四"}]
    amended = {"target": [home.code, answer.id], "set": {"deviations": differs}}
    home.records("event.corrected", "2026-03-02", amended, person)
    assert "王六".encode() not in in_the_clear(node)


def test_what_was_not_sealed_once_nobody_is_shown_who_was_not_told_it(node, home, new_home, monkeypatch):
    """Events are not rewritten, and an old log keeps such a name in the clear. The new home opened the dossier, too,
    and is told the entry with what amends it, without a part.
    """
    entered = home.registers({**woman(), "name": "王一"})
    person, entry = str(entered.person), [home.code, entered.id]
    amended = {"target": entry, "set": {"sex": "F"}}
    first = [home.code, home.records("event.corrected", "2026-03-01", amended, person).id]
    with monkeypatch.context() as then:
        then.setattr("events.parts._is_nested", lambda _field, _value: False)
        home.records("event.corrected", "2026-03-02", {"target": first, "set": {"set": {"name": "王二"}}}, person)
    for kept in (opened, shown):
        kept.cache_clear()
    new_home.sees_arrive({**woman(), "name": "王一"}, home.code)
    assert "王二".encode() in in_the_clear(node)
    assert home.sheet(person)["particulars"]["name"] == "王二"
    told = history(node, new_home.caller, "registration", person)
    assert [each.type for each in told].count("event.corrected") == 2
    assert "王二" not in str(told)
    assert "王二" in str(history(node, home.caller, "registration", person))
    assert checks(node).equal
