"""The clerk's pages over a file and over PostgreSQL, behind whose second wall nobody else's rows are there at all."""

import re

import pytest

from tests.integration.browser import Reader, pages_of
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


def test_asked_answered_otherwise_decided_and_acknowledged(node):
    home, new_home, app = Town(node, ZHIFANG), Town(node, DONGHUAMEN), pages_of(node)
    home.registers(woman(birth_place="420115000000"))
    new_home.sees_arrive(woman(birth_place="420100000000"), ZHIFANG)
    asked, asker = Reader(app).signs_in(ZHIFANG), Reader(app).signs_in(DONGHUAMEN)
    assert "Differs: Birth place" in asked.opens("/inbox")
    case = home.cases()[0].id
    asked.opens(f"/cases/{case}")
    asked.sends(asked.form("Confirm with 1 difference"))
    assert "1 to decide" in asker.opens("/inbox")
    asker.opens(f"/cases/{case}")
    asker.sends(asker.form("Decide"))
    assert {case.status for case in home.cases()} == {"settled"}
    asked.opens("/inbox?tab=read")
    asked.sends(next(form for form in asked.forms() if form.button.startswith("Acknowledge ")))
    assert "Everything is acknowledged." in asked.opens("/inbox?tab=read")
    assert "王小雨" in asked.opens(f"/inbox/{home.inbox()[0].position}")


def test_joined_and_parted_again(node):
    home, app = Town(node, ZHIFANG), pages_of(node)
    home.registers(woman())
    home.registers({"name": "王晓宇", "born_on": "1988-05-02", "sex": "F"})
    clerk = Reader(app).signs_in(ZHIFANG)
    left, right = re.findall(r"<code>([0-9a-f-]{36})</code>", clerk.opens("/duplicates"))
    clerk.sends(clerk.form("Give up the right entry"))
    assert home.sheet(right)["person"] == left
    clerk.opens("/duplicates?tab=joined")
    clerk.sends(clerk.form("Part them again"))
    assert home.sheet(right)["person"] == right


def test_what_another_office_has_is_not_there(node):
    home, new_home, app = Town(node, ZHIFANG), Town(node, DONGHUAMEN), pages_of(node)
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG)
    stranger = Reader(app).signs_in("110108001000")
    stranger.opens(f"/cases/{home.cases()[0].id}", status=404)
    for path in ("/inbox", "/inbox?tab=decide", "/inbox?tab=all", "/duplicates", "/duplicates?tab=joined"):
        assert "王" not in stranger.opens(path)
