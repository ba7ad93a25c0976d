"""The routes of who works at an office: the inbox, and a line of it. What is sent stands where it was shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from time import sleep
from typing import TYPE_CHECKING, Any

import msgspec
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from events.errors import ExchangeError
from exchange.access.caller import Caller
from exchange.commands.asked import Outcome
from exchange.console import inbox
from exchange.console.line import line_view
from exchange.console.replying import answers_of, compared_of
from exchange.console.signing import SAID, words
from exchange.http import gate, paging, problems
from exchange.http.allows import allows
from exchange.http.position import POSITION
from exchange.http.routes import use_cases
from exchange.ids import new_id
from exchange.queries.lag import up_to_date

if TYPE_CHECKING:
    from exchange.node import Node

LOOKS, BETWEEN = 10, 0.03  # times, and seconds between them, that a page waits until what was sent is told
_COUNT = re.compile(r"[0-9]{1,6}")


def desk(blueprint: Blueprint, node: Node) -> None:
    """These routes, over this node."""

    def show_inbox(problem: Any = None) -> Answer:
        said, who = words(), reader()
        tab = next((each for each in inbox.TABS if each == request.args.get("tab")), inbox.TABS[0])
        where = paging.position(request.args.get("cursor"), f"page.{tab}")
        found = inbox.page(node, said, who, tab, where)
        following = None if found.next is None else paging.cursor_of(found.next, f"page.{tab}")
        return page("inbox.html", problem, inbox=found, following=following, act=new_id(node.clock()))

    def show_line(position: int, problem: Any = None) -> Answer:
        view = line_view(node, words(), reader(), position)
        again = None if problem is None else request.form  # so that nobody has to choose once more
        return page("line.html", problem, line=view, filled=again, act=new_id(node.clock()))

    @blueprint.get("/inbox")
    @allows("clerk", "confirmer", "supervisor")
    def inbox_page() -> Answer:
        """What waits for the office."""
        return show_inbox()

    @blueprint.post("/inbox")
    @allows("clerk", "confirmer", "supervisor")
    def inbox_acts() -> Answer:
        """Confirms the cases named in which nothing differs, or acknowledges the notices named."""

        def acted() -> dict[str, int]:
            if cases := request.form.getlist("case"):
                found = use_cases().confirm_equal(reader(), list(dict.fromkeys(cases)), request.form.get("act"))
                return _counted(found)
            positions = request.form.getlist("position", type=_position)
            for position in positions:
                use_cases().acknowledge(reader(), position)
            return {"acknowledged": len(positions)}

        return done(node, acted, show_inbox, back=_inbox())

    @blueprint.get("/inbox/<position:position>")
    @allows("clerk", "confirmer", "supervisor")
    def line_page(position: int) -> Answer:
        """What one act told or asked, of all persons."""
        return show_line(position)

    @blueprint.post("/inbox/<position:position>")
    @allows("confirmer", "supervisor")
    def line_acts(position: int) -> Answer:
        """Answers the line in one act: some in particular, and those confirmed of whom the page said so."""

        def acted() -> dict[str, int]:
            told, act, only = answers_of(filled()), request.form.get("act"), compared_of(filled())
            found = use_cases().answer_line(reader(), position, told, "equal", None, act, only)
            for each in found.outcomes:
                if each.became == "refused" and each.error is not None and each.error.code != "act_refused":
                    raise each.error
            return _counted(found.outcomes)

        return done(node, acted, lambda problem: show_line(position, problem), back=_inbox())


def _position(given: str) -> int:
    """Raises ValueError for what is none, which leaves it out."""
    if not POSITION.fullmatch(given):
        raise ValueError
    return int(given)


def reader() -> Caller:
    """Who reads, in the language of the page."""
    return msgspec.structs.replace(gate.caller(), language=words().language)


def filled() -> Mapping[str, list[str]]:
    """The fields of the form, each with all its values."""
    return request.form.to_dict(flat=False)


def _inbox() -> str:
    return url_for("console.inbox_page", lang=words().language, tab=request.args.get("tab"))


def page(template: str, problem: Any, **shown: Any) -> Answer:
    said = {name: int(value) for name, value in request.args.items() if name in SAID and _COUNT.fullmatch(value)}
    rendered = render_template(f"console/{template}", words=words(), problem=problem, said=said, **shown)
    return make_response(rendered, 200 if problem is None else problem["status"])


def _counted(outcomes: Iterable[Outcome]) -> dict[str, int]:
    became = [each.became for each in outcomes]
    done = {
        "confirmed": sum(each in {"confirmed", "repeated"} for each in became),
        "answered": became.count("answered"),
    }
    return {**done, "left": len(became) - sum(done.values()) - became.count("not_asked")}


def _let_it_be_told(node: Node) -> None:
    """For a moment, so that as a rule the page that follows already shows what became of it."""
    for _ in range(LOOKS):
        if up_to_date(node):
            return
        sleep(BETWEEN)


def done(node: Node, act: Callable[[], Mapping[str, int]], again: Callable[[Any], Answer], back: str) -> Answer:
    """The page with what became of it, so that loading it anew sends nothing twice; or again, with what is wrong."""
    try:
        counts = act()
    except ExchangeError as error:
        if error.status >= 500 or error.status in {401, 403, 404}:
            raise
        return again(problems.problem(error))
    _let_it_be_told(node)
    said = "".join(f"&{name}={count}" for name, count in counts.items() if count)
    return redirect(back + said, 303)
