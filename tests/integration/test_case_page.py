"""One case as a page: what differs stands first, and every answer that is legal now is sent from it, none other."""

import re
from typing import Any

import pytest

from tests.integration.browser import AGAINST_POLICY, Reader, pages_of
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, town, woman


@pytest.fixture
def app(node):
    return pages_of(node)


@pytest.fixture
def asked(app):
    return Reader(app).signs_in(ZHIFANG)


@pytest.fixture
def asker(app):
    return Reader(app).signs_in(DONGHUAMEN)


@pytest.fixture
def case(home, new_home):
    """Home keeps the person; in the new home another birth date and another birth place were stated."""
    home.registers(woman(birth_place=ZHIFANG[:6] + "000000"))
    new_home.sees_arrive(woman(born_on="1988-05-03", birth_place="420100000000"), ZHIFANG)
    return home.cases()[0].id


def state(office: Town, case: str) -> str:
    return next(each.status for each in office.cases() if each.id == case)


def send(reader: Reader, case: str, button: str, **filled: Any) -> None:
    reader.opens(f"/cases/{case}")
    status = reader.sends(reader.form(button), **filled)
    assert (status, "The other side is told" in reader.text) == (200, True), reader.text


@pytest.mark.parametrize(("lang", "differs"), [("en", "≠ Born"), ("zh-CN", "≠ 出生日期")])
def test_what_differs_stands_first_and_no_document_in_full(app, case, lang, differs):
    reader = Reader(app, lang).signs_in(ZHIFANG)
    shown = reader.opens(f"/cases/{case}")
    rows = re.findall(r'<tr data-state="(\w+)">', shown)
    assert rows == ["differs", "differs", "equal", "equal"]
    assert differs in shown
    assert woman()["document.resident"]["number"] not in shown
    assert not re.search(r"console\.(?!css|js)|\{[a-z_]+\}", shown), "a text is missing"
    assert not AGAINST_POLICY.search(shown)


def test_confirmed_with_all_that_differs(asked, home, new_home, case):
    send(asked, case, "Confirm with 2 differences")
    assert state(home, case) == state(new_home, case) == "deviations"


def test_confirmed_with_some_of_it_or_with_none(asked, home, case):
    send(asked, case, "Confirm with 2 differences", deviation=["born_on"], note="as on the card")
    assert "as on the card" in asked.text
    told = asked.opens(f"/cases/{case}")
    assert told.split("What was answered otherwise")[1].split("</table>")[0].count("<tr><th") == 2  # its head, and one
    send(asked, case, "Ask back or remark", text="Please look at the card again.")
    assert "Please look at the card again." in asked.text


def test_nothing_ticked_says_that_it_is_so_as_stated(asked, home, case):
    send(asked, case, "Confirm with 2 differences", deviation=None)
    assert state(home, case) == "confirmed"


def test_disputed_with_the_town_where_the_person_is(asked, asker, new_home, case):
    send(asked, case, "Dispute", reason="moved_elsewhere", place=WANSHOULU, since="2026-01-01")
    assert state(new_home, case) == "disputed"
    asker.opens(f"/cases/{case}")
    assert asker.form("Pass on to another office").value("to") == WANSHOULU
    send(asker, case, "Pass on to another office")
    assert state(new_home, case) == "redirected"


def test_the_asker_accepts_one_field_and_insists_on_the_other(asked, asker, new_home, case):
    send(asked, case, "Confirm with 2 differences")
    assert "1 to decide" in asker.opens("/inbox")
    asker.opens("/inbox?tab=decide")
    assert f"/cases/{case}" in asker.text
    send(asker, case, "Decide", settle__born_on="accepted", settle__birth_place="insisted")
    assert state(new_home, case) == "settled"
    sheet = new_home.sheet(new_home.cases()[0].person)
    assert "birth_place" in str(sheet["insisted"])


def test_a_dispute_is_accepted_as_a_whole(asked, asker, new_home, case):
    send(asked, case, "Dispute", reason="person_unknown")
    send(asker, case, "Decide", whole="accepted")
    assert state(new_home, case) == "settled"


def test_deferred_once_and_then_no_more(asked, home, case):
    send(asked, case, "Still looking: until a later day", until="2026-04-20", reason="archive")
    assert state(home, case) == "deferred"
    assert "Still looking: until a later day" not in {form.button for form in asked.forms()}


def test_a_day_too_early_is_refused_beside_the_form_and_nothing_sent(asked, home, case):
    asked.opens(f"/cases/{case}")
    status = asked.sends(asked.form("Still looking: until a later day"), until="2026-03-03")
    assert (status, "<b>Error: </b>" in asked.text, state(home, case)) == (409, True, "open")


def test_closed_and_opened_again(asked, asker, home, case):
    send(asked, case, "Confirm with 2 differences", deviation=None)
    assert {form.button for form in asked.forms()} == {"Sign out", "Open again"}
    send(asked, case, "Open again", reason="new_evidence")
    assert state(home, case) == "open"
    send(asker, case, "Withdraw the question", ground="asked_in_error")
    assert state(home, case) == "withdrawn"


def test_an_enquiry_is_answered_with_what_may_be_told(app, asked, home):
    home.registers(woman(marital_status="10"))
    third = Town(home.node, WANSHOULU)
    content = {
        "to": ZHIFANG,
        "purpose": "identification",
        "given": {"name": "王小雨", "document.resident": woman()["document.resident"]},
        "fields": ["born_on", "sex"],
    }
    third.records("enquiry.opened", "2026-03-02", content)
    case = home.cases()[0].id
    shown = asked.opens(f"/cases/{case}")
    assert "Who somebody is" in shown
    send(asked, case, "Answer the enquiry", fact=["sex"])
    thread = Reader(app).signs_in(WANSHOULU).opens(f"/cases/{case}")
    assert "Enquiry answered" in thread
    assert "Sex: Female" in thread
    assert state(third, case) == "answered"


def enquire(office: Town, **content: Any) -> None:
    given = {"name": "王小雨", "document.resident": woman()["document.resident"]}
    said = {"to": ZHIFANG, "purpose": "identification", "given": given, "fields": ["born_on", "sex"], **content}
    office.records("enquiry.opened", "2026-03-02", said)


def test_an_enquiry_says_what_it_gives_and_not_that_the_office_holds_nothing_of_it(asked, home):
    home.registers(woman())
    enquire(Town(home.node, WANSHOULU), purpose="residence", fields=["address"], consent=True)
    shown = asked.opens(f"/cases/{home.cases()[0].id}")
    for said in (
        "Given: Name</dt><dd>王小雨",
        "Given: Identity card</dt><dd>4201 **** **** 0020",
        "has agreed",
        "6 Lake Road",
    ):
        assert said in shown
    for said in ("not held", "Goes to"):
        assert said not in shown


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("no", "Holds no such person"),
        ("yes", "Identity card: 4201 **** **** 0020 · by hand"),
        ("no_consent", "not agreed"),
    ],
)
def test_whoever_asked_reads_what_was_answered(app, asked, home, held, said):
    home.registers(woman())
    third = Town(home.node, WANSHOULU)
    enquire(third, fields=["document.resident"])
    send(asked, home.cases()[0].id, "Answer the enquiry", held=held, note="by hand")
    assert said in Reader(app).signs_in(WANSHOULU).opens(f"/cases/{third.cases()[0].id}")


def test_who_is_held_without_what_is_asked_for_is_not_said_to_be_unknown(asked, home):
    home.registers(woman())
    third = Town(home.node, WANSHOULU)
    enquire(third, purpose="correction", fields=["education"])
    case = home.cases()[0].id
    assert "nothing of what is asked for" in asked.opens(f"/cases/{case}")
    assert 'name="held" value="yes" checked' in asked.text
    assert 'value="no" checked' not in asked.text
    send(asked, case, "Answer the enquiry", held="yes")
    assert state(third, case) == "answered"


def test_what_the_office_does_not_hold_it_is_not_said_to_hold(asked, home, new_home):
    new_home.sees_arrive(woman(), ZHIFANG)
    shown = asked.opens(f"/cases/{home.cases()[0].id}")
    assert set(re.findall(r'<tr data-state="(\w+)">', shown)) == {"missing"}
    assert "It is so as stated." in shown
    assert "Your office holds the same." not in shown


def test_where_an_enquiry_fits_several_the_page_says_so(asked, home):
    for name in ("王小雨", "王小雨"):
        home.registers({"name": name, "born_on": "1988-05-02", "sex": "F"})
    enquire(Town(home.node, WANSHOULU), given={"name": "王小雨", "born_on": "1988-05-02"})
    shown = asked.opens(f"/cases/{home.cases()[0].id}")
    assert "Your office holds several who fit" in shown
    assert 'value="incomplete" checked' in shown


def test_a_request_says_what_is_wanted_and_why(asked, home, new_home):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    home.answers("case.confirmed", home.cases()[0].id)
    content = {"to": ZHIFANG, "asks": "change", "wanted": {"education": "20"}, "note": "She has shown her certificate."}
    new_home.records("request.opened", "2026-03-02", content, new_home.cases()[0].person)
    [request] = [case for case in home.cases() if case.kind == "request"]
    shown = asked.opens(f"/cases/{request.id}")
    assert "She has shown her certificate." in shown
    assert "Goes to" not in shown


def test_of_two_who_answer_at_once_the_second_is_told_and_nothing_is_sent_twice(app, asked, home, case):
    other = Reader(app).signs_in(ZHIFANG)
    asked.opens(f"/cases/{case}")
    other.opens(f"/cases/{case}")
    first, second = asked.form("Confirm with 2 differences"), other.form("Dispute")
    assert asked.sends(first) == 200
    assert other.sends(second) in {409, 412, 422}
    assert "<b>Error: </b>" in other.text
    assert state(home, case) == "deviations"
    assert asked.sends(first) == 200, "what was recorded is said again, and recorded once"
    assert state(home, case) == "deviations"


def test_whatever_is_sent_twice_is_one_act_and_said_to_be_sent(asked, asker, home, new_home, case):
    def twice(reader: Reader, button: str, **filled: Any) -> None:
        reader.opens(f"/cases/{case}")
        form = reader.form(button)
        for _ in range(2):
            assert (reader.sends(form, **filled), "The other side is told" in reader.text) == (200, True), reader.text

    twice(asked, "Still looking: until a later day", until="2026-04-20", reason="archive")
    twice(asked, "Confirm with 2 differences", deviation=["born_on"], note="as on the card")
    twice(asker, "Decide", settle__born_on="accepted")
    twice(asked, "Open again", reason="new_evidence")
    twice(asked, "Dispute", reason="person_unknown")
    twice(asker, "Decide", whole="insisted")
    twice(asker, "Open again", reason="new_evidence")
    twice(asker, "Withdraw the question", ground="asked_in_error")
    shown = asked.opens(f"/cases/{case}")
    assert shown.split("What was said")[1].split("</ol>")[0].count("<li>") == 8


def test_what_is_not_legal_now_is_not_taken(asked, home, case):
    asked.opens(f"/cases/{case}")
    assert asked.sends(asked.form("Dispute"), type="case.withdrawn") == 422
    assert state(home, case) == "open"


def test_the_page_of_a_line_tells_what_happened_and_what_the_office_holds(asked, home, new_home, case):
    position = home.notice("inflow").position
    shown = asked.opens(f"/inbox/{position}")
    for said in ("What was told", "Arrived", "What your office holds", "Whom is it about?"):
        assert said in shown
    asked.sends(asked.form("Send the answers"), **{f"answer.{case}": "case.confirmed"})
    assert state(new_home, case) == "deviations"


def test_a_question_of_another_kind_states_what_it_is_about(asked, home, new_home):
    person = home.registers(woman()).person
    content = {"destination": town(DONGHUAMEN), "expected_on": "2026-03-20"}
    home.records("movement.departed", "2026-03-02", content, person)
    reader = Reader(asked.app).signs_in(DONGHUAMEN)
    case = new_home.cases()[0].id
    shown = reader.opens(f"/cases/{case}")
    for said in ("A person was announced to you", "Goes to", "20 Mar 2026"):
        assert said in shown
    send(reader, case, "Confirm")
    assert state(new_home, case) == "confirmed"
