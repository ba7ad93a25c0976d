"""What ends a request, and a question that only a letter can put, without an answer."""

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import EnquiryOpened, Redirected, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Changed, Deceased, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Other, town
from events.envelope import Ref
from exchange.protocol.questions.letters import letters
from exchange.protocol.view import view
from tests.properties.checks import entitlement_faults
from tests.properties.world import OFFICES, OUTSIDE, World
from tests.unit.test_sheet import A, B, D, Told

HOME, NEW, OTHER = OFFICES[:3]
WANTED = {"education": "20"}


class Story:
    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(basis="first_record", registration=town(HOME), particulars={"name": "甲"}))

    def record(self, office: str, fact: Fact, because: Ref | None = None, day: str = "2026-03-12") -> Ref:
        event = self.world.author(office, "P1", day, fact, because=because)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def status(self, opening: Ref, kind: str, office: str = HOME, asked: str = OUTSIDE) -> str:
        (record,) = view(self.world.book(office))
        return record.cases[CaseRef(opening, asked, kind)].status  # type: ignore[arg-type]  # one of the kinds

    def written(self) -> int:
        (record,) = view(self.world.book(HOME))
        return len(list(letters(self.world.book(HOME), record)))


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_letter_with_a_request_ends_by_the_act_that_does_it(story):
    asking = story.record(HOME, RequestOpened(to=OUTSIDE, asks="change", wanted=WANTED))
    story.record(HOME, Changed(set=WANTED, ground="other"))
    assert (story.status(asking, "request"), story.written()) == ("not_reachable", 1), "that act does not name it"
    doing = story.record(HOME, Changed(set=WANTED, ground="other"), because=asking)
    assert (story.status(asking, "request"), story.written()) == ("withdrawn", 0)
    story.record(HOME, Retracted(target=doing, ground="other"))
    assert (story.status(asking, "request"), story.written()) == ("not_reachable", 1)


@pytest.mark.parametrize(
    ("office", "over"), [(OTHER, Arrived(kind="main", registration=town(HOME))), (HOME, Deceased(declared=False))]
)
def test_a_letter_that_announces_ends_where_the_person_is_elsewhere_or_died(story, office, over):
    announced = story.record(HOME, Departed(destination=town(OUTSIDE)))
    assert (story.status(announced, "outflow"), story.written()) == ("not_reachable", 1)
    ending = story.record(office, over, day="2026-03-13")
    assert (story.status(announced, "outflow"), story.written()) == ("withdrawn", 0)
    story.record(office, Retracted(target=ending, ground="other"))
    assert (story.status(announced, "outflow"), story.written()) == ("not_reachable", 1)


def test_whoever_does_itself_what_it_requested_withdraws_the_request(story):
    asking = story.record(HOME, RequestOpened(to=OTHER, asks="change", wanted=WANTED))
    doing = story.record(HOME, Changed(set=WANTED, ground="other"), because=asking)
    assert {story.status(asking, "request", office, OTHER) for office in (HOME, OTHER)} == {"withdrawn"}
    assert not story.world.books[OTHER].holds(doing)
    story.record(HOME, Retracted(target=doing, ground="other"))
    assert {story.status(asking, "request", office, OTHER) for office in (HOME, OTHER)} == {"open"}
    assert entitlement_faults(story.world) == []


def test_a_further_question_because_of_a_request_does_nothing_of_it(story):
    story.record(NEW, Arrived(kind="main", registration=town(HOME)))
    asking = story.record(NEW, RequestOpened(to=HOME, asks="change", wanted=WANTED))
    story.record(HOME, RequestOpened(to=OTHER, asks="change", wanted=WANTED), because=asking)
    story.record(HOME, EnquiryOpened(to=OTHER, purpose="verification", fields=("education",)), because=asking)
    assert {story.status(asking, "request", office, HOME) for office in (HOME, NEW)} == {"open"}
    story.record(HOME, Changed(set=WANTED, ground="other"), because=asking)
    assert {story.status(asking, "request", office, HOME) for office in (HOME, NEW)} == {"answered"}


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        (Registered(basis="first_record", registration=town(OUTSIDE)), "registration"),
        (Registered(basis="register", registration=town(OUTSIDE), ask=True), "registration"),
        (Registered(basis="register", registration=town(OUTSIDE)), None),
        (RegistrationChanged(from_=town(HOME), to=town(OUTSIDE), ground="moved"), "registration"),
        (Arrived(kind="main", registration=town(OUTSIDE)), "inflow"),
        (Arrived(kind="main", registration=town(HOME), origin=town(OUTSIDE)), "moved-on"),
        (Arrived(kind="further", registration=town(HOME), origin=town(OUTSIDE)), None),
        (Returned(origin=town(OUTSIDE)), "moved-on"),
        (Departed(destination=town(OUTSIDE)), "outflow"),
        (Left(stay=Ref(HOME, "a stay"), destination=town(OUTSIDE)), "outflow"),
        (TieBegan(tie="spouse", other=Other(stated={"name": "乙"}, at=OUTSIDE), ground="marriage"), "family"),
        (TieEnded(tie="spouse", other=Other(stated={"name": "乙"}, at=OUTSIDE), ground="divorce"), "family"),
        (TieBegan(tie="spouse", other=Other(person="P2", at=OUTSIDE), ground="marriage"), None),
        (RequestOpened(to=OUTSIDE, asks="change", wanted=WANTED), "request"),
        (EnquiryOpened(to=OUTSIDE, purpose="identification", given={"name": "甲"}, fields=("sex",)), "enquiry"),
    ],
)
def test_what_an_office_outside_would_be_asked_is_not_reachable_and_a_letter(fact, kind):
    """Rule 9 of routing. Who is inside would be asked just this by a notice."""
    world = World(1, skew=False)
    event = world.author(HOME, "P1", "2026-03-12", fact)
    world.command(event)
    (record,) = view(world.book(HOME))
    found = {ref.kind: state.status for ref, state in record.cases.items() if ref.asked == OUTSIDE}
    assert found == ({kind: "not_reachable"} if kind is not None else {})
    assert [each.case.kind for each in letters(world.book(HOME), record)] == ([kind] if kind is not None else [])


def test_who_is_inside_and_was_sent_the_question_is_no_letter_before_it_is_asked():
    """By the book of whoever asks, in the moment in which it hears of the redirect."""
    told = Told(B)
    arrival = told.own(Arrived(kind="main", registration=town(A), opens=True))
    case = CaseRef(arrival, A, "inflow")
    told.hears(A, Redirected(case=case, to=D), "reply")
    assert {ref.asked: state.status for ref, state in told.record.cases.items()} == {A: "redirected"}
    outside = Told(B)
    case = CaseRef(outside.own(Arrived(kind="main", registration=town(A), opens=True)), A, "inflow")
    outside.hears(A, Redirected(case=case, to="330106001000"), "reply")
    found = {ref.asked: state.status for ref, state in outside.record.cases.items()}
    assert found == {A: "redirected", "330106001000": "not_reachable"}
