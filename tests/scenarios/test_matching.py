"""One to one, a complete assignment where there is one, by the nine rules of matching."""

from typing import Any

import pytest

from exchange.scenarios.matching import Heard, differing, match
from exchange.scenarios.model import Tell


def heard(to: str = "A", kind: str = "update", expects: str = "nothing", **said: Any) -> Heard:
    return Heard(to=to, kind=kind, about=frozenset({"P1"}), expects=expects, **said)


def tell(to: str = "A", *kinds: str, **said: Any) -> Tell:
    return Tell(to, kinds or ("update",), **said)


def differs(entry: Tell, notification: Heard) -> list[str]:
    return differing(entry, notification, {"P1"}, entry.place)


def test_a_complete_assignment_is_found_where_the_first_fit_would_fail():
    wide, narrow = tell("A", "update", "left"), tell("A", "update")
    found = match([wide, narrow], [heard(kind="update"), heard(kind="left")], differs)
    assert (found.missing, found.unlisted) == ((), ())


def test_the_same_entry_twice_means_two_notifications():
    assert match([tell(), tell()], [heard()], differs).missing == (tell(),)
    assert match([tell(), tell()], [heard(), heard(position=2)], differs).missing == ()


def test_a_missing_one_is_a_fault_unless_it_may_be_missing():
    assert match([tell()], [], differs).missing == (tell(),)
    assert match([tell(may=True)], [], differs).missing == ()


def test_an_entry_that_may_be_missing_never_takes_what_another_needs():
    found = match([tell(may=True), tell()], [heard()], differs)
    assert (found.missing, found.unlisted) == ((), ())


def test_an_unlisted_one_is_a_fault():
    assert match([], [heard()], differs).unlisted == (heard(),)


@pytest.mark.parametrize(
    ("notification", "silent", "fault"),
    [
        (heard(), (), False),
        (heard(expects="reply"), (), True),
        (heard(), ("A",), True),
    ],
)
def test_where_unlisted_ones_are_allowed_two_kinds_never_are(notification, silent, fault):
    found = match([], [notification], differs, unlisted_allowed=True, silent=silent)
    assert bool(found.unlisted) is fault


def test_what_must_not_go_unlisted_is_taken_first():
    found = match(
        [tell("A", "update", "inflow")],
        [heard(), heard(kind="inflow", expects="reply")],
        differs,
        unlisted_allowed=True,
    )
    assert (found.missing, found.unlisted) == ((), ())


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (tell("B"), "to"),
        (tell("A", "left"), "kind"),
        (tell(expects="reply"), "expects"),
        (tell(outcome="disputed"), "outcome"),
        (tell(reason="other"), "reason"),
        (tell(fields=frozenset({"name"})), "fields"),
        (tell(fields=frozenset({"name", "sex", "born_on"})), "fields"),
        (tell(fields_include=frozenset({"born_on"})), "fields_include"),
        (tell(lacks=frozenset({"address"})), "lacks"),
        (tell(received=False), "received"),
        (tell(place="B"), "place"),
    ],
)
def test_what_an_entry_says_is_compared(entry, key):
    told = heard(fields=frozenset({"name", "sex"}), holds=frozenset({"address"}), outcome="confirmed")
    assert differs(entry, told) == [key]


def test_what_an_entry_does_not_say_is_not_compared():
    told = heard(outcome="disputed", reason="other", place="B", fields=frozenset({"name"}), received=False)
    assert differs(tell(), told) == []


def test_it_is_about_one_of_the_persons_named():
    assert differing(tell(), heard(), {"P2"}, None) == ["about"]
    assert differing(tell(), heard(), {"P1", "P2"}, None) == []
