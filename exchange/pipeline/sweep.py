"""Sweep: what falls due by the day alone. Run it once a day; running it again changes nothing, nor do two at once.

It goes page by page, so that nothing holds more than a page and whoever must not work for long can go on later.

Cases are reminded of, overdue and escalated by facts (`exchange.pipeline.reminding`). A protection with a last day ends
by a fact of the office that recorded it, so that every book sees the end in the same way. Of a stay due for review the
keeper asks the office where the person stays. Of whom the lists say what was published or set otherwise since is
settled again, and recorded nothing (`exchange.pipeline.renewing_days`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from events.catalogue.person import Unprotected
from exchange.books import Shelf
from exchange.clock import day_of
from exchange.ids import derived_id
from exchange.jurisdictions.deadlines import Rules
from exchange.pipeline.advance import never
from exchange.pipeline.by_person import by_person
from exchange.pipeline.in_force import require_in_force
from exchange.pipeline.reminding import remind
from exchange.pipeline.renewing_days import confirm_what_waits
from exchange.pipeline.settling import Settling
from exchange.protocol.draft import Draft
from exchange.protocol.questions.reviewing import USUAL, Periods, reviews
from exchange.protocol.shown.sheet import protected_until, protecting
from exchange.protocol.view import view
from exchange.tables import records

if TYPE_CHECKING:
    from exchange.node import Node

LAPSED = "lapsed"
PAGE = 500

Place = tuple[int, str | None]  # which duty, and behind which row of what it concerns
BEGINNING: Place = (0, None)


def sweep(node: Node) -> int:
    """Record whatever the day brings. How many facts that were."""
    return sweep_from(node, BEGINNING)[0]


def sweep_from(
    node: Node, place: Place, enough: Callable[[], bool] = never, *, limit: int = PAGE
) -> tuple[int, Place | None]:
    """The same from a place on, until it is enough, which is asked after each page of at most `limit` rows.

    How many facts that were, and where to go on; None at the end. Raises Superseded where a newer version is in force.
    """
    require_in_force(node)
    duty, after = place
    made = 0
    while duty < len(_DUTIES):
        done, after = _DUTIES[duty](node, after, limit)
        made += done
        if after is None:
            duty += 1
        if duty < len(_DUTIES) and enough():
            return made, (duty, after)
    return made, None


def _review_stays(node: Node, after: str | None, limit: int) -> tuple[int, str | None]:
    today = day_of(node.clock())
    periods = review_periods(node.deadlines)
    looked = today + timedelta(days=periods.earlier_than(USUAL))  # rows say when it is usually due

    def ask(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned() - node.offices.closed)):  # who closed asks nobody
            book = found.book(office)
            for draft in [draft for record in view(book) for draft in reviews(record, today.isoformat(), periods)]:
                book.record(settling.make_event(office, draft, book))

    with node.uow.look() as session:
        page = records.to_review(session.sql, looked.isoformat(), after, limit)
    return by_person(node, page.rows, ask), page.next


def review_periods(rules: Rules) -> Periods:
    """As the settings of the deadlines have them."""
    return Periods(rules.periods["review_before_permit_end_days"], rules.periods["review_after_months"])


def _end_protections(node: Node, after: str | None, limit: int) -> tuple[int, str | None]:
    today = day_of(node.clock()).isoformat()

    def end(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned())):
            _end(settling, found, office, today)

    with node.uow.look() as session:
        page = records.lapsed(session.sql, today, after, limit)
    return by_person(node, page.rows, end), page.next


def _end(settling: Settling, found: Shelf, office: str, today: str) -> None:
    """The end of the protection in force, where this office recorded it and its last day has gone by."""
    book = found.book(office)
    for record in view(book):
        protection = protecting(record)
        until = protected_until(record)
        if protection is not None and until is not None and until < today:
            ref = protection[0].ref
            id_ = derived_id("unprotected", office, ref.id, until)
            draft = Draft(id=id_, person=record.person, payload=Unprotected(ground=LAPSED), because=ref)
            settling.make_event(office, draft, book)


def _forget_passes(node: Node, _after: str | None, _limit: int) -> tuple[int, None]:
    """Of whoever signed out nothing is kept once the pass would be over."""
    node.passes.forget()
    return 0, None


_DUTIES: Sequence[Callable[[Node, str | None, int], tuple[int, str | None]]] = (
    _end_protections,
    _review_stays,
    remind,
    confirm_what_waits,
    _forget_passes,
)
