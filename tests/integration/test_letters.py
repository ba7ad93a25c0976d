"""Offices outside the exchange get printable letters, with no more than they may be told."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from events.errors import Malformed
from exchange.access.caller import Caller
from exchange.audit.replay import replay
from exchange.commands.reply import reply
from exchange.letters.pdf import drawable, pdf
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.protocol.refusals import CaseWithdrawn, NoSuchCase
from exchange.queries.case import case as case_of
from exchange.queries.letters import letter_of, letters_of
from exchange.reconcile import checks
from exchange.settings import settings
from tests.integration.towns import DONGHUAMEN, WANSHOULU, Clock, Town, opened, town, woman

OUTSIDE, ELSEWHERE = "430102001000", "430102002000"

GOLDEN = """\
人口信息协查函 Letter of enquiry on a resident
编号 Reference REFERENCE
发函单位 From 北京市东城区东华门街道 (Donghuamen Subdistrict, Dongcheng
District, Beijing)
收函单位 To 湖南省长沙市芙蓉区文艺路街道 (Wenyilu Subdistrict, Furong
District, Changsha City, Hunan Province)
日期 Date 2026年3月2日 (2 Mar 2026)
请于此日前答复 Please answer by 2026年3月23日 (23 Mar 2026)
有流入人员称户籍在贵单位：是否属实，所述信息是否相符？
A person has arrived who says that your office keeps the registration: is this so, and are the
particulars right?
人员 The person
姓名 Name 王小雨 (Wang Xiaoyu)
出生日期 Born 1988年5月2日 (2 May 1988)
居民身份证 Identity card 420115198805020020
我单位登记的事项 What our office has recorded
登记事项 Recorded 流入 (Arrival)
日期 On 2026年3月1日 (1 Mar 2026)
户籍地 Registration place 芙蓉区文艺路街道 (Wenyilu Subdistrict, Furong District)
来自 Came from 芙蓉区文艺路街道 (Wenyilu Subdistrict, Furong District)
贵单位尚未接入信息交换平台，故以函件协查。请向上述发函单位回复并注明编号。本函载有个人信息，请妥善保管
，仅用于本次答复。
Your office does not use the exchange, so we ask you by letter. Please answer to the office named above and quote
the reference. This letter holds personal data: keep it closed, and use it for this answer alone.
回执（请勾选、盖章后寄回） Your answer (please tick, stamp and return)
REFERENCE
□ 属实。 It is so.
□ 属实，但下列信息不符： It is so, but the following differs:
□ 我单位无此人，或其户籍不在我单位。 The person is not known to us, or not ours.
□ 请向其他单位查询： Please ask another office:
单位、盖章、日期、经办人 Office, stamp, day, signature"""


@pytest.fixture
def node(tmp_path):
    node = opened(tmp_path, Clock())
    yield node
    node.close()


@pytest.fixture
def office(node):
    return Town(node, DONGHUAMEN)


def read(document: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(document)).pages]


def printed(office: Town) -> list[str]:
    letters = letters_of(office.node, office.caller, "case").rows
    return read(pdf(letters)) if letters else []


def test_a_letter_asks_the_registration_place_in_both_languages(node, office):
    office.sees_arrive(woman(phone="13812345678"), OUTSIDE, reason="work")
    (letter,) = letters_of(node, office.caller, "case").rows
    assert printed(office) == [GOLDEN.replace("REFERENCE", letter.reference)]
    (case,) = office.cases()
    assert (letter.case, case.status, letter.to) == (case.id, "not_reachable", OUTSIDE)
    assert letter_of(node, office.caller, "case", case.id) == letter


def test_it_holds_what_the_office_may_be_told_and_no_more(office):
    office.sees_arrive(woman(phone="13812345678", ethnic_group="15"), OUTSIDE, address="景山前街4号", reason="work")
    (text,) = printed(office)
    for told in ("景山", "13812345678", "土家", "work", "女"):
        assert told not in text


def test_each_office_outside_gets_a_letter_of_its_own(node, office):
    office.sees_arrive(woman(), OUTSIDE, origin=town(ELSEWHERE))
    letters = letters_of(node, office.caller, "case").rows
    assert {(letter.to, letter.kind) for letter in letters} == {(OUTSIDE, "inflow"), (ELSEWHERE, "moved-on")}
    assert len(printed(office)) == 2
    assert all("王小雨" in text for text in printed(office))


def test_a_request_says_what_is_wanted_and_no_address_of_whom_is_protected(node, office):
    person = str(office.sees_arrive(woman(), OUTSIDE).person)
    wanted = {"to": OUTSIDE, "asks": "change", "wanted": {"education": "20"}, "note": "有毕业证书\n\t见附件"}
    office.records("request.opened", "2026-03-02", wanted, person)
    (text,) = [each for each in printed(office) if "Request" in each]
    assert "请求 Asked for · 文化程度 Education 大学本科" in text
    assert "备注 Note 有毕业证书\n" in text
    assert text.split("备注 Note 有毕业证书\n")[1].lstrip().startswith("见附件\n")
    office.records("person.protected", "2026-03-02", {"ground": "threat"}, person)
    assert "1 Lane" not in "".join(printed(office))


def test_a_departure_to_a_town_outside_is_announced_by_letter(office):
    person = office.registers(woman()).person
    office.records(
        "movement.departed", "2026-03-02", {"destination": town(OUTSIDE), "expected_on": "2026-03-09"}, person
    )
    (text,) = printed(office)
    assert "去往 Goes to 芙蓉区文艺路街道" in text
    assert "预计到达 Expected on 2026年3月9日 (9 Mar 2026)" in text
    assert "6 Lake Road" not in text


def test_only_the_office_that_asks_has_the_letter(node, office):
    office.sees_arrive(woman(), OUTSIDE)
    (case,) = office.cases()
    other = Town(node, WANSHOULU)
    assert letters_of(node, other.caller, "case").rows == ()
    with pytest.raises(NoSuchCase):
        letter_of(node, other.caller, "case", case.id)


def test_what_is_taken_back_needs_no_letter(office):
    arrival = office.sees_arrive(woman(), OUTSIDE)
    office.records(
        "event.retracted", "2026-03-02", {"target": [DONGHUAMEN, arrival.id], "ground": "other"}, arrival.person
    )
    assert printed(office) == []


def test_what_is_asked_no_more_needs_no_letter_until_it_is_asked_again(node, office):
    person = str(office.sees_arrive(woman(), OUTSIDE).person)
    (case,) = office.cases()
    withdrawn = office.answers("case.withdrawn", case.id, ground="other")
    assert ([each.status for each in office.cases()], printed(office)) == (["withdrawn"], [])
    with pytest.raises(CaseWithdrawn):
        office.answers("case.confirmed", case.id, received_on="2026-03-02")
    office.answers("case.reopened", case.id, reason="doubt")
    assert ([each.status for each in office.cases()], len(printed(office))) == (["not_reachable"], 1)
    office.answers("case.withdrawn", case.id, ground="other")
    assert printed(office) == []
    again = {"target": [DONGHUAMEN, withdrawn.id], "ground": "other"}
    office.records("event.retracted", "2026-03-02", again, person)
    assert printed(office) == [], "the later withdrawal stands"
    assert checks(node).equal


def test_whoever_joins_is_not_asked_what_was_withdrawn(tmp_path):
    node = Node.open(settings(data=tmp_path / "n", serves=("11",)), clock=Clock())
    advance(node)
    new_home = Town(node, DONGHUAMEN)
    new_home.sees_arrive(woman(), OUTSIDE)
    new_home.answers("case.withdrawn", new_home.cases()[0].id, ground="other")
    node.close()
    node = Node.open(settings(data=tmp_path / "n", serves=("11", "43")), clock=Clock())
    advance(node)
    home, new_home = Town(node, OUTSIDE), Town(node, DONGHUAMEN)
    assert {case.status for case in (*home.cases(), *new_home.cases())} == {"withdrawn"}
    assert checks(node).equal
    new_home.answers("case.reopened", new_home.cases()[0].id, reason="doubt")
    assert [case.status for case in home.cases()] == ["open"]
    node.close()


def test_an_office_that_joins_is_asked_by_the_exchange_and_by_no_letter_any_more(tmp_path):
    node = Node.open(settings(data=tmp_path / "n", serves=("11",)), clock=Clock())
    advance(node)
    office = Town(node, DONGHUAMEN)
    office.sees_arrive(woman(), OUTSIDE)
    assert len(printed(office)) == 1
    node.close()
    node = Node.open(settings(data=tmp_path / "n", serves=("11", "43")), clock=Clock())
    advance(node)
    office = Town(node, DONGHUAMEN)
    assert printed(office) == []
    assert [notice.kind for notice in Town(node, OUTSIDE).inbox()] == ["inflow"]
    node.close()


def test_the_same_letter_is_the_same_bytes_and_brings_its_font(office):
    office.sees_arrive(woman(), OUTSIDE)
    rows = letters_of(office.node, office.caller, "case").rows
    assert pdf(rows) == pdf(rows)
    fonts: Any = PdfReader(BytesIO(pdf(rows))).pages[0]["/Resources"]
    (font,) = fonts["/Font"].values()
    assert "/FontFile2" in font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def test_a_sign_that_the_font_lacks_is_named_and_not_left_out():
    assert drawable("王𠮷 Ž") == "王[U+20BB7] Ž"


def test_the_reading_stands_in_the_access_log(node, office):
    person = office.sees_arrive(woman(), OUTSIDE).person
    printed(office)
    with node.uow.look() as session:
        assert [(read.purpose, read.fields) for read in session.accesses(person, 0, 10)] == [("case", ("letter",))]


def test_an_answer_on_paper_is_recorded_for_the_office_outside_and_stays_marked(node, office):
    arrival = office.sees_arrive(woman(), OUTSIDE)
    (case,) = office.cases()
    differs = [{"field": "born_on", "ours": "1988-06-02", "yours": "1988-05-02"}]
    said = {"received_on": "2026-03-02", "note": "回执第7号，存卷", "deviations": differs}
    answered = office.records("case.confirmed", "2026-03-01", {"case_id": case.id, **said})
    assert letters_of(node, office.caller, "case").rows == ()
    shown = case_of(node, office.caller, case.id)
    assert (shown["status"], shown["on_paper"], shown["deviations"][0]["field"]) == ("deviations", True, "born_on")
    auditor = Caller("110000000000", "auditor", frozenset({"auditor"}))
    moments = replay(node, auditor, "audit", arrival.person or "")
    (then,) = [moment for moment in moments if answered.id in {ref.id for ref in moment.recorded}]
    assert [(each["status"], each["on_paper"]) for each in then.sheets[office.code]["cases"]] == [("deviations", True)]
    reply(node, office.caller, office.item("case.settled", "", {"case_id": case.id, "whole": "accepted"}))
    advance(node)
    assert office.sheet(arrival.person or "")["particulars"]["born_on"] == "1988-06-02"
    assert (office.cases()[0].status, checks(node).equal) == ("settled", True)


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [("received_on", "2026-03-09", "date.ahead"), ("received_on", "2026-02-01", "date.before_event")],
)
def test_paper_comes_neither_before_it_was_written_nor_tomorrow(office, field, value, rule):
    office.sees_arrive(woman(), OUTSIDE)
    with pytest.raises(Malformed) as refused:
        office.answers("case.confirmed", office.cases()[0].id, **{field: value})
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_what_the_office_outside_holds_stands_on_its_paper_alone(office):
    office.sees_arrive(woman(), OUTSIDE)
    case = office.cases()[0].id
    with pytest.raises(Malformed) as refused:
        office.answers("case.confirmed", case, received_on="2026-03-02", deviations=[{"field": "born_on"}])
    assert refused.value.rule == "deviation.holds_nothing"
    office.answers(
        "case.confirmed", case, received_on="2026-03-02", deviations=[{"field": "born_on", "ours": "1988-06-02"}]
    )
    assert office.cases()[0].status == "deviations"
