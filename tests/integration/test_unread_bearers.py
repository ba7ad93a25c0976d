"""Somebody who bears a document cannot be read: whoever else bears it is found, told of and recorded as before."""

from typing import Any

import pytest
from click.testing import CliRunner

from exchange.books import UNREADABLE
from exchange.cli import main
from exchange.http.node_use_cases import NodeUseCases
from exchange.queries.case import case
from exchange.queries.find_person import find_person
from exchange.queries.prefill import Prefilled, prefill
from tests.integration.browser import Reader, pages_of
from tests.integration.test_checks import behind_the_back
from tests.integration.test_unreadable import BREAKS
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, WANSHOULU, ZHIFANG, Town, woman

NAMES = ("王小雨", "赵大海")
NUMBER = woman()["document.resident"]["number"]
GIVEN = {"name": NAMES[1], "document.resident": {"number": NUMBER}}


@pytest.fixture
def asking(node) -> Town:
    return Town(node, WANSHOULU)


@pytest.fixture(params=BREAKS.values(), ids=[*BREAKS])
def bearers(request, node, home) -> list[str]:
    """Two who share a document: the first cannot be read."""
    home.registers(woman(3))  # whose key is put in the place of hers
    return broken(node, home, request.param)


def broken(node: Any, home: Town, how: str) -> list[str]:
    persons = [str(home.registers(woman(name=name)).person) for name in NAMES]
    behind_the_back(node, (how, (persons[0],)))
    return persons


def finds(node: Any, at: Town) -> list[tuple[str, str | None, str, bool]]:
    found = find_person(node, at.caller, "registration", "resident", NUMBER)
    return sorted((each.person, each.name, each.state, each.unreadable) for each in found)


def enquires(asking: Town, given: dict[str, Any], *fields: str) -> None:
    said = {"to": ZHIFANG, "purpose": "registration", "consent": True, "given": given, "fields": list(fields)}
    asking.records("enquiry.opened", "2026-03-02", said)


def test_both_are_found_and_the_one_bears_a_mark(node, home, bearers):
    first, second = bearers
    assert finds(node, home) == sorted([(first, None, "open", True), (second, NAMES[1], "open", False)])
    assert finds(node, Town(node, DONGHUAMEN)) == [], "by an office that holds neither"


def test_whom_it_can_read_its_office_reads(home, bearers):
    assert home.sheet(bearers[1])["particulars"]["name"] == NAMES[1]
    with pytest.raises(UNREADABLE):
        home.sheet(bearers[0])


def test_a_newcomer_is_looked_up_by_the_own_name(node, asking, bearers):
    def looked_up(name: str) -> Prefilled:
        return prefill(node, asking.caller, kind="resident", number=NUMBER, name=name, consent=True)

    assert looked_up("赵").stated["name"] == NAMES[1]
    assert looked_up("王") == Prefilled()


def test_an_enquiry_is_offered_the_answer_about_whom_it_names(node, home, asking, bearers):
    enquires(asking, GIVEN, "name", "sex")
    [row] = home.cases()
    shown = case(node, home.caller, row.id)
    assert (shown["unclear"], shown["offers"]["facts"]) == (False, {"name": NAMES[1], "sex": "F"})


@pytest.mark.parametrize(("lang", "said"), [("en", "whose record cannot be read"), ("zh-CN", "登记内容无法读取")])
def test_an_enquiry_that_may_mean_the_other_offers_nothing_and_says_why(node, home, asking, bearers, lang, said):
    enquires(asking, {**GIVEN, "name": "王"}, "name")
    [row] = home.cases()
    shown = case(node, home.caller, row.id)
    assert (shown["unclear"], shown["offers"]) == (True, None)
    reader = Reader(pages_of(node), lang).signs_in(ZHIFANG)
    assert said in reader.opens(f"/cases/{row.id}")
    [answers] = [form for form in reader.forms() if ("type", "enquiry.answered") in form.fields]
    assert "held" not in dict(answers.fields), "nothing is chosen for whoever answers"
    assert reader.sends(answers) == 422
    assert home.cases()[0].status == "open"
    reader.opens(f"/cases/{row.id}")
    [answers] = [form for form in reader.forms() if ("type", "enquiry.answered") in form.fields]
    assert reader.sends(answers, held="no") == 200
    assert home.cases()[0].status == "answered"


def test_an_office_that_holds_neither_is_asked_as_ever(node, asking, bearers):
    said = {"to": DONGHUAMEN, "purpose": "registration", "consent": True, "given": GIVEN, "fields": ["name"]}
    asking.records("enquiry.opened", "2026-03-02", said)
    there = Town(node, DONGHUAMEN)
    [row] = there.cases()
    shown = case(node, there.caller, row.id)
    assert (shown["unclear"], shown["offers"]["held"]) == (False, False)


def test_no_address_is_told_while_who_may_be_meant_is_protected_and_cannot_be_read(node, home, asking):
    persons = [str(home.registers(woman(name=name)).person) for name in NAMES]
    home.records("person.protected", "2026-03-01", {"ground": "threat"}, persons[0])
    behind_the_back(node, (BREAKS["key.form"], (persons[0],)))
    said = {"to": ZHIFANG, "purpose": "residence", "consent": True, "given": GIVEN, "fields": ["address"]}
    asking.records("enquiry.opened", "2026-03-02", said)
    [row] = home.cases()
    told = home.item(
        "enquiry.answered", "2026-03-02", {"case_id": row.id, "held": True, "facts": {"address": "6 Lake"}}
    )
    [result] = home.tries(told)
    assert result.error is not None
    assert result.error.rule == "not_entitled.protected"


def test_an_address_is_told_though_whom_another_office_holds_cannot_be_read(node, home, asking):
    there, person = Town(node, DONGHUAMEN), str(home.registers(woman()).person)
    behind_the_back(node, ("UPDATE events SET body = zeroblob(40) WHERE subject = ?", (person,)))
    said = {"to": DONGHUAMEN, "purpose": "residence", "consent": True, "given": GIVEN, "fields": ["address"]}
    asking.records("enquiry.opened", "2026-03-02", said)
    [row] = there.cases()
    answer = {"case_id": row.id, "held": True, "facts": {"address": "6 Lake"}}
    [result] = there.tries(there.item("enquiry.answered", "2026-03-02", answer))
    assert result.error is None


def test_a_frame_that_was_altered_is_marked_too(node, home):
    person = str(home.registers(woman()).person)
    behind_the_back(node, ("UPDATE events SET body = zeroblob(40) WHERE subject = ?", (person,)))
    assert finds(node, home) == [(person, None, "open", True)]
    answer = NodeUseCases(node).find(home.caller, "registration", "resident", NUMBER)
    assert [(each["name"], each["unreadable"]) for each in answer] == [(None, True)]
    found = prefill(node, Town(node, WANSHOULU).caller, kind="resident", number=NUMBER, name="王", consent=True)
    assert found == Prefilled()


def test_a_register_is_taken_in_but_for_whom_it_cannot_read(node, home, tmp_path):
    file, served = str(tmp_path / "town.csv"), {"EXCHANGE_SERVES": ",".join(BEIJING_AND_HUBEI)}
    persons = [str(home.registers(woman(number)).person) for number in (2, 4)]

    def runs(*line: str) -> Any:
        told = ["--office", ZHIFANG, "--data", str(node.settings.data), "--language", "en"]
        return CliRunner(env=served).invoke(main, [*line, *told])

    assert runs("export", file, "--purpose", "registration").exit_code == 0
    behind_the_back(node, (BREAKS["key.unwrap"], (persons[0],)))
    done = runs("import", file)
    assert done.exit_code == 1
    assert "on record before: 1, differing from the record: 0, refused: 1." in done.stdout
    [_, refused] = (tmp_path / "town.refused.csv").read_text("utf-8").splitlines()
    assert "The person's stored key was altered" in refused
