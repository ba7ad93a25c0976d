"""The routes of one case: what is asked and what is held, and each answer that is legal now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as Answer

from events.errors import Malformed
from exchange.books import UNREADABLE
from exchange.commands.act import Item
from exchange.console.case import ORDER, case_view, closed_view
from exchange.console.desk import done, filled, page, reader
from exchange.console.replying import reply_of
from exchange.console.rows import unreached
from exchange.console.signing import words
from exchange.http.allows import allows
from exchange.http.correlation import reference
from exchange.http.routes import use_cases
from exchange.http.v1.events import placed
from exchange.ids import new_id
from exchange.queries.case import listed
from exchange.queries.status import status

if TYPE_CHECKING:
    from exchange.node import Node

MOST_NAMED = 300  # offices that a page lists to choose from
_PURPOSE = "case"
_log = structlog.get_logger(__name__)


def answering(blueprint: Blueprint, node: Node) -> None:
    """These routes, over this node."""

    def show_case(case: str, problem: Any = None) -> Answer:
        said, who = words(), reader()
        try:
            told = use_cases().case(who, _PURPOSE, case)
        except UNREADABLE as error:  # of this person; whoever reads is told so, and the log why
            _log.error("dossier_unreadable", case=case, rule=error.rule, reference=reference())
            clear = closed_view(said, listed(node, who, case))
            return page("case_closed.html", problem, case=clear, reference=reference())
        offices = status(node).offices
        named = [(code, said.office(code)) for code in offices] if len(offices) <= MOST_NAMED else []
        why = unreached(node, said, told["asked"]) if told["status"] == "not_reachable" else ""
        view = case_view(said, told, who, why)
        again = None if problem is None else request.form  # so that nobody has to write it once more
        return page("case.html", problem, case=view, offices=named, filled=again, act=new_id(node.clock()))

    @blueprint.get("/cases/<uuid:case>")
    @allows("clerk", "confirmer", "supervisor")
    def case_page(case: UUID) -> Answer:
        """One case, with the answers that are legal now."""
        return show_case(str(case))

    @blueprint.post("/cases/<uuid:case>")
    @allows("confirmer", "supervisor")
    def case_acts(case: UUID) -> Answer:
        """Records one reply."""

        def acted() -> dict[str, int]:
            who, type_ = reader(), request.form.get("type", "")
            if type_ not in ORDER:  # whether one of these is legal is judged where it is recorded, also where it was
                raise Malformed(field="type", rule="reply.not_now")
            told = use_cases().case(who, _PURPOSE, str(case))
            content = {**reply_of(type_, filled(), told), "case_id": str(case)}
            id_, etag = request.form.get("act") or None, request.form.get("etag") or None
            item = Item(type=type_, day="", content=content, id=id_, if_match=etag)
            result = use_cases().reply(who, str(case), item)
            if result.error is not None:
                raise placed(result.error, "")
            return {"sent": 1}

        there = url_for("console.case_page", case=case, lang=words().language)
        return done(node, acted, lambda problem: show_case(str(case), problem), back=there)
