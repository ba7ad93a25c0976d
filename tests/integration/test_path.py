"""The path: record, sequence, forward, inbox, reply, and both sides show the same."""

import pytest

from events.errors import Conflict, Malformed, StaleVersion
from exchange.access.caller import Caller, Forbidden
from exchange.commands.acknowledge import acknowledge
from exchange.commands.act import ActRefused
from exchange.commands.record import record
from exchange.ids import new_id
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import AlreadyHere, CaseClosed, UnknownPerson
from exchange.queries.case import case
from exchange.queries.find_person import find_person
from exchange.queries.history import history
from exchange.queries.status import status
from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, town, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def other(node):
    return Town(node, WANSHOULU)


@pytest.fixture
def moved(home, new_home):
    """A woman registered at home, who arrived in the new home; not answered yet."""
    home.registers(woman())
    return new_home.sees_arrive(woman(), ZHIFANG)


def equal(node) -> dict[str, int]:
    found = checks(node)
    assert found.differences == ()
    assert found.waiting == 0
    return {str(state): count for state, count in found.pairs.items()}


class TestAnArrival:
    def test_asks_the_registration_place(self, home, moved):
        notice = home.notice("inflow")
        assert (notice.expects_reply, notice.outcome, notice.person) == (True, None, moved.person)
        assert notice.name == "王小雨"
        assert "address" not in notice.holds
        assert notice.due_on == "2026-03-23"  # fifteen working days: another province

    def test_is_no_difference_while_it_is_asked(self, node, moved):
        assert equal(node) == {"asked": 1}

    def test_once_confirmed_is_told_and_shown_alike_on_both_sides(self, node, home, new_home, moved):
        home.answers("case.confirmed", home.notice("inflow").case)
        reply = new_home.notice("reply")
        assert (reply.outcome, reply.expects_reply) == ("confirmed", False)
        ours, theirs = home.sheet(moved.person), new_home.sheet(moved.person)
        assert ours["roles"] == ["registration"]
        assert theirs["roles"] == ["main"]
        assert ours["lives_at"] == theirs["lives_at"] == town(DONGHUAMEN)
        assert ours["particulars"] == theirs["particulars"]
        assert {c.status for c in (*home.cases(), *new_home.cases())} == {"confirmed"}
        assert home.notice("inflow").outcome == "confirmed"
        assert equal(node) == {"equal": 1}

    def test_of_someone_else_with_the_same_document_makes_another_person(self, home, new_home):
        known = home.registers(woman())
        stranger = new_home.sees_arrive(woman(name="李大山"), ZHIFANG)
        assert stranger.person != known.person

    def test_with_another_birth_date_is_the_same_person_to_be_asked_about(self, home, new_home):
        known = home.registers(woman())
        arrived = new_home.sees_arrive(woman(born_on="1988-06-02"), ZHIFANG)
        assert arrived.person == known.person

    def test_twice_at_one_place_is_refused(self, new_home, moved):
        with pytest.raises(AlreadyHere):
            new_home.sees_arrive(woman(), ZHIFANG, day="2026-03-02")


class TestAnAnswer:
    def test_that_disputes_is_told_with_its_reason(self, node, home, new_home):
        home.registers(woman())
        new_home.sees_arrive(woman(born_on="1988-06-02"), ZHIFANG)
        inflow = home.notice("inflow")
        home.answers("case.disputed", inflow.case, reason="identity_mismatch")
        assert new_home.notice("reply").reason == "identity_mismatch"
        assert {c.status for c in new_home.cases()} == {"disputed"}
        assert checks(node).differences == ()

    def test_that_differs_in_a_field_is_settled_by_the_asker(self, node, home, new_home):
        home.registers(woman(education="70"))
        new_home.sees_arrive(woman(education="60"), ZHIFANG)
        inflow = home.notice("inflow").case
        home.answers("case.confirmed", inflow, deviations=[{"field": "education", "ours": "70"}])
        reply = new_home.notice("reply")
        assert (reply.outcome, reply.fields) == ("deviations", ("education",))
        new_home.answers("case.settled", inflow, insisted=["education"])
        told = home.notice("reply")
        assert (told.outcome, told.fields) == ("settled", ("education",))
        assert list(new_home.sheet(reply.person)["insisted"]) == ["education"]
        assert equal(node) == {"insisted": 1}

    def test_to_a_closed_case_is_refused_by_name(self, home, moved):
        inflow = home.notice("inflow").case
        home.answers("case.confirmed", inflow)
        with pytest.raises(CaseClosed):
            home.answers("case.disputed", inflow, reason="person_unknown")

    def test_shows_the_case_with_what_differs(self, node, home, new_home):
        home.registers(woman(education="70"))
        new_home.sees_arrive(woman(education="60"), ZHIFANG)
        home.answers("case.confirmed", home.notice("inflow").case)
        seen = case(node, home.caller, home.cases()[0].id)
        assert [d["field"] for d in seen["differing"]] == ["education"]


class TestACorrection:
    def test_of_the_origin_tells_the_office_that_is_named_now(self, node, new_home, other, moved):
        said = {"target": f"{DONGHUAMEN}/{moved.id}", "set": {"origin": town(WANSHOULU)}}
        new_home.records("event.corrected", "2026-03-02", said, moved.person)
        assert other.notice("moved-on").expects_reply
        assert checks(node).differences == ()

    def test_of_a_field_that_an_answer_covered_opens_the_case_again(self, node, home, new_home, moved):
        home.answers("case.confirmed", home.notice("inflow").case)
        said = {"target": f"{DONGHUAMEN}/{moved.id}", "set": {"born_on": "1988-05-03"}}
        new_home.records("event.corrected", "2026-03-02", said, moved.person)
        assert home.notice("correction").fields == ("born_on",)
        assert {c.status for c in home.cases()} == {"open"}
        assert checks(node).differences == ()

    def test_that_does_not_fit_its_target_is_malformed(self, new_home, moved):
        said = {"target": f"{DONGHUAMEN}/{moved.id}", "set": {"stay_until": "soon"}}
        with pytest.raises(Malformed):
            new_home.records("event.corrected", "2026-03-02", said, moved.person)

    def test_a_retraction_closes_the_case_and_withdraws_the_person_where_nothing_else_is_known(
        self, node, home, new_home, moved
    ):
        new_home.records("event.retracted", "2026-03-02", {"target": f"{DONGHUAMEN}/{moved.id}"}, moved.person)
        assert home.notice("retraction").about.id == moved.id
        assert {c.status for c in home.cases()} == {"withdrawn"}
        assert home.sheet(moved.person)["state"] == "open"
        assert checks(node).differences == ()


class TestTheSameRequestAgain:
    def test_gives_the_first_result(self, node, home, new_home):
        home.registers(woman())
        content = {"kind": "main", "registration": town(ZHIFANG), "stated": woman()}
        again = new_home.item("movement.arrived", "2026-03-01", content, id=new_id(node.clock()))
        first, second = new_home.tries(again)[0], new_home.tries(again)[0]
        assert (first.status, second.status) == ("recorded", "repeated")
        assert (first.id, first.person, first.version, first.stamp) == (
            second.id,
            second.person,
            second.version,
            second.stamp,
        )
        assert status(node).events == 2 + 2  # two areas joined; a registration and an arrival

    def test_with_what_was_filled_in_the_first_time_is_no_other_content(self, home, new_home, moved):
        left = new_home.item("movement.left", "2026-03-02", {}, moved.person, id=new_id(home.node.clock()))
        assert [new_home.tries(left)[0].status for _ in range(2)] == ["recorded", "repeated"]

    def test_with_other_content_is_a_conflict(self, node, new_home):
        content = {"kind": "main", "registration": town(ZHIFANG), "stated": woman()}
        id_ = new_id(node.clock())
        new_home.tries(new_home.item("movement.arrived", "2026-03-01", content, id=id_))
        other = {**content, "stated": woman(name="李大山")}
        (result,) = new_home.tries(new_home.item("movement.arrived", "2026-03-01", other, id=id_))
        assert result.status == "refused"
        assert isinstance(result.error, Conflict)


class TestABatch:
    def test_of_a_thousand_is_recorded_and_forwarded(self, node, home):
        items = [
            home.item("person.registered", "2020-01-01", {"particulars": woman(n), "basis": "register"})
            for n in range(1000)
        ]
        results = record(node, home.caller, items, all_or_nothing=False)
        advance(node)
        assert {r.status for r in results} == {"recorded"}
        assert len({r.person for r in results}) == 1000
        assert status(node).persons == 1000

    def test_of_more_is_refused_as_a_whole(self, node, home):
        item = home.item("person.registered", "2020-01-01", {"basis": "register"})
        with pytest.raises(Malformed) as refused:
            record(node, home.caller, [item] * 1001)
        assert refused.value.rule == "batch.size"

    def test_refuses_only_the_bad_rows_where_each_stands_for_itself(self, home):
        good = home.item("person.registered", "2020-01-01", {"particulars": woman(), "basis": "register"})
        bad = home.item("person.registered", "2020-01-01", {"particulars": {"sex": "X"}, "basis": "register"})
        results = home.tries(good, bad, all_or_nothing=False)
        assert [r.status for r in results] == ["recorded", "refused"]
        assert results[1].error.field == "particulars.sex"

    def test_is_all_or_nothing_where_it_is_one_act(self, node, home):
        before = status(node).events
        good = home.item("person.registered", "2020-01-01", {"particulars": woman(), "basis": "register"})
        bad = home.item("movement.left", "2020-01-01", {}, "#0")
        results = home.tries(good, bad)
        assert [r.status for r in results] == ["refused", "refused"]
        assert isinstance(results[0].error, ActRefused)
        assert results[1].error.code == "no_such_stay"
        assert status(node).events == before

    def test_names_a_person_of_an_earlier_item_by_number_or_handle(self, home):
        born = {"particulars": {"name": "王新", "sex": "M", "born_on": "2026-02-20"}, "basis": "birth", "kind": "main"}
        results = home.tries(
            home.item("person.registered", "2026-02-20", born, "child"),
            home.item("registration.changed", "2026-02-25", {"to": town(ZHIFANG), "ground": "birth"}, "child"),
            home.item("movement.left", "2026-03-01", {}, "#0"),
        )
        assert {r.status for r in results} == {"recorded"}
        assert len({r.person for r in results}) == 1


class TestReading:
    def test_finds_only_whom_the_office_holds(self, node, home, other, moved):
        number = woman()["document.resident"]["number"]
        assert [f.person for f in find_person(node, home.caller, "registration", "resident", number)] == [moved.person]
        assert find_person(node, other.caller, "registration", "resident", number) == []

    def test_says_no_more_of_a_stranger_than_of_nobody(self, other, moved):
        with pytest.raises(UnknownPerson):
            other.sheet(moved.person)

    def test_is_kept_with_office_actor_purpose_and_fields(self, node, home, moved):
        home.sheet(moved.person)
        with node.uow.look() as session:
            entry = session.accesses(moved.person, 0, 100)[-1]
        assert (entry.office, entry.actor, entry.purpose, entry.fields) == (
            ZHIFANG,
            "clerk",
            "registration",
            ("record",),
        )

    def test_needs_a_purpose_that_the_role_may_have(self, node, moved):
        auditor = Caller(ZHIFANG, "auditor", frozenset({"auditor"}))
        with pytest.raises(Forbidden):
            find_person(node, auditor, "registration", "resident", woman()["document.resident"]["number"])

    def test_tells_what_each_entry_of_the_history_did(self, node, home, moved):
        entries = history(node, home.caller, "registration", moved.person)
        assert [e.type for e in entries[:2]] == ["person.registered", "movement.arrived"]
        assert entries[1].told_by == DONGHUAMEN
        assert entries[1].did["lives_at"] == (town(ZHIFANG), town(DONGHUAMEN))

    def test_a_decision_on_an_old_record_is_refused(self, home, moved):
        old = home.sheet(moved.person)["etag"]
        home.answers("case.confirmed", home.notice("inflow").case)
        change = {"set": {"marital_status": "20"}}
        with pytest.raises(StaleVersion):
            home.records("person.changed", "2026-03-01", change, moved.person, if_match=old)
        home.records("person.changed", "2026-03-01", change, moved.person, if_match=home.sheet(moved.person)["etag"])

    def test_an_acknowledged_notice_shows_when(self, node, home, moved):
        position = home.notice("inflow").position
        (kept,) = acknowledge(node, home.caller, [position])
        assert home.notice("inflow").acknowledged == kept.at
        home.answers("case.confirmed", home.notice("inflow").case)
        assert home.notice("inflow").acknowledged == kept.at
