"""Every page, as every role of another office: nothing of an office's persons is shown, and no row of its changes.

The pages are those of the application, and forms bear all that a page of ours may send about the other office's person.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.access.caller import ROLES
from exchange.console.case import ORDER
from exchange.http.allows import PUBLIC, declared
from exchange.http.gate import COOKIE
from exchange.ids import new_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from tests.integration.browser import Form, Reader, pages_of
from tests.integration.test_api_foreign import AREA, Others, everything
from tests.integration.towns import WANSHOULU, ZHIFANG, opened

ACTS = (*ORDER, "person.merged", "person.kept_apart", "person.unmerged")


@pytest.fixture
def node(tmp_path, database_url) -> Iterator[Node]:
    made = opened(tmp_path, database_url=database_url)
    yield made
    made.close()


@pytest.fixture
def others(node) -> Others:
    return Others(node)


def pages(reader: Reader, others: Others) -> list[tuple[str, bool]]:
    """Each page that asks for a key, and whether it takes forms."""
    found = []
    for rule in reader.app.url_map.iter_rules():
        shown = declared(reader.app.view_functions[rule.endpoint])
        if shown != PUBLIC and not str(rule).startswith("/v1/") and str(rule) != "/sign-out":
            path = re.sub(r"<[^>]*?(\w+)>", lambda named: others.values[named[1]], str(rule))
            found.append((path, "POST" in (rule.methods or ())))
    return found


def forms(reader: Reader, others: Others, path: str, scope: str) -> Iterator[Form]:
    """What may be sent there about the other office's person."""
    node: Node = reader.app.extensions["node_of_the_test"]
    token = node.passes.form(reader.client.get_cookie(COOKIE).value, scope)
    about = {
        "case": others.case,
        "member": others.case,
        f"answer.{others.case}": "case.confirmed",
        "position": others.values["position"],
        "person": others.person,
        "other": others.person,
        "keeper": WANSHOULU,
        "merge": others.event,
        "text": "x",
        "reason": "person_unknown",
        "ground": "asked_in_error",
        "until": "2026-04-20",
        "to": WANSHOULU,
    }
    for type_ in ACTS[:1] if path.startswith("/inbox") else ACTS:
        yield Form(path, [("form", token), ("act", new_id(node.clock())), ("type", type_), *about.items()])


@pytest.mark.parametrize("scope", [WANSHOULU, AREA])
def test_nothing_foreign_is_seen_or_written(node, others, scope):
    app = pages_of(node)
    before, judged = everything(node), 0
    for role in ROLES:
        reader = Reader(app).signs_in(scope, role)
        for path, writes in pages(reader, others):
            for form in (None, *(forms(reader, others, path, scope) if writes else ())):
                if form is None:
                    reader.page = reader.client.get(path)
                else:
                    reader.sends(form)
                where = (role, path, form, reader.page.status_code)
                assert reader.page.status_code < 500, where
                carried = {others.case, others.person, others.event} if form is not None or others.case in path else ()
                assert not [s for s in others.secrets if s in reader.text and s not in carried], where
                judged += 1
    advance(node)
    assert everything(node) == before
    assert judged >= len(ROLES) * (2 + 2 * len(ACTS))


def test_the_walk_would_see_what_the_office_itself_sees(node, others):
    reader = Reader(pages_of(node)).signs_in(ZHIFANG, *ROLES)
    seen: set[Any] = {path for path, _ in pages(reader, others) if "王小雨" in reader.opens(path)}
    assert seen >= {"/inbox", f"/cases/{others.case}", f"/inbox/{others.values['position']}"}
