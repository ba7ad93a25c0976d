"""The routes of likely duplicates: joined, kept apart, and parted again, by whoever may record it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as Answer

from events.errors import Malformed
from exchange.clock import day_of
from exchange.commands.act import Item
from exchange.console.desk import done, page
from exchange.console.duplicates import APART, MERGED, pairs
from exchange.console.joined import joined
from exchange.console.signing import words
from exchange.http import paging
from exchange.http.allows import allows
from exchange.http.gate import caller
from exchange.http.routes import use_cases
from exchange.http.v1.events import placed
from exchange.ids import new_id

if TYPE_CHECKING:
    from exchange.node import Node

UNMERGED = "person.unmerged"
_FIELDS: Mapping[str, tuple[str, ...]] = {
    MERGED: ("other", "keeper"),
    APART: ("other",),
    UNMERGED: ("other", "merge"),
}
_OF = "allot."  # before the event that is given to one of two


def identity(blueprint: Blueprint, node: Node) -> None:
    """These routes, over this node."""

    def show(problem: Any = None) -> Answer:
        said = words()
        tab = "joined" if request.args.get("tab") == "joined" else "likely"
        where = paging.position(request.args.get("cursor"), f"page.{tab}")
        found: Any = (joined if tab == "joined" else pairs)(node, said, caller(), where)
        following = None if found.next is None else paging.cursor_of(found.next, f"page.{tab}")
        shown = replace(found, next=following)
        return page(f"{'joined' if tab == 'joined' else 'duplicates'}.html", problem, pairs=shown, tab=tab, act=_id())

    def _id() -> str:
        return new_id(node.clock())

    @blueprint.get("/duplicates")
    @allows("clerk", "confirmer", "supervisor")
    def duplicates_page() -> Answer:
        """Entries that may be one human, side by side; or those that were joined."""
        return show()

    @blueprint.post("/duplicates")
    @allows("clerk")
    def duplicates_acts() -> Answer:
        """Records that two entries are one, are two, or are two after all."""

        def acted() -> dict[str, int]:
            type_, form = request.form.get("type", ""), request.form
            if type_ not in _FIELDS:
                raise Malformed(field="type", rule="reply.not_now")
            content: dict[str, Any] = {name: form.get(name, "") for name in _FIELDS[type_]}
            if type_ == UNMERGED:
                given = {name.removeprefix(_OF): form[name] for name in form if name.startswith(_OF)}
                content |= {"allotment": given} if given else {}
            item = Item(
                type=type_,
                day=day_of(node.clock()).isoformat(),
                content=content,
                id=form.get("act") or None,
                person=form.get("person", ""),
            )
            [result] = use_cases().record(caller(), [item], all_or_nothing=True)
            if result.error is not None:
                raise placed(result.error, "")
            return {"recorded": 1}

        back = url_for("console.duplicates_page", lang=words().language, tab=request.args.get("tab"))
        return done(node, acted, show, back)
