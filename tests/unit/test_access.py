"""Who asks and why: nobody speaks as the exchange, and each purpose belongs to some roles."""

import pytest

from events.envelope import SYSTEM_ACTOR
from events.errors import Malformed
from exchange.access import purposes
from exchange.access.caller import ROLES, Caller, Forbidden, Role

TOWN, COUNTY, ELSEWHERE = "420115001000", "420115000000", "110101001000"


def caller(*roles: Role, office: str = TOWN) -> Caller:
    return Caller(office, "li", frozenset(roles))


@pytest.mark.parametrize("actor", ["", SYSTEM_ACTOR])
def test_nobody_acts_under_the_name_of_the_exchange(actor):
    with pytest.raises(Malformed):
        Caller(TOWN, actor, frozenset({"clerk"}))


def test_a_clerk_reads_the_own_book_only():
    assert caller("clerk").office_read(None) == TOWN
    with pytest.raises(Forbidden):
        caller("clerk").office_read(ELSEWHERE)


@pytest.mark.parametrize("role", ["supervisor", "auditor"])
def test_who_oversees_reads_the_books_of_the_area(role):
    assert caller(role, office=COUNTY).office_read(TOWN) == TOWN
    with pytest.raises(Forbidden):
        caller(role, office=COUNTY).office_read(ELSEWHERE)


def test_every_role_has_a_purpose_and_every_purpose_a_role():
    assert all(purposes.allowed(caller(role)) for role in ROLES)
    assert all(roles <= set(ROLES) and roles for roles in purposes.PURPOSES.values())


def test_an_unknown_purpose_is_malformed_and_another_roles_forbidden():
    with pytest.raises(Malformed):
        purposes.require(caller("clerk"), "curiosity")
    with pytest.raises(Forbidden):
        purposes.require(caller("operator"), "registration")
    assert purposes.require(caller("clerk"), "registration") == "registration"
