"""Whatever is sent, the API answers as its document says: no fault of ours, no undocumented status, no other form."""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from exchange.access.caller import ROLES
from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.node import Node
from exchange.settings import settings as node_settings
from tests.databases import database

HOME = "420115002000"
MANY = 150  # of each operation: thousands in all


@pytest.fixture(scope="module")
def served(tmp_path_factory, server):
    """A node on PostgreSQL, as in the server setting."""
    with database(server) as url:
        node = Node.open(node_settings(data=tmp_path_factory.mktemp("fuzz"), serves=("420115",), database_url=url))
        _, secret = Keys(node.uow).issue("a key of a test", [HOME], ROLES)
        yield create_app(node), {"Authorization": f"Bearer {secret}"}
        node.close()


@pytest.fixture(scope="module")
def operations(served) -> list[Any]:
    document = schemathesis.openapi.from_wsgi("/openapi.json", served[0])
    return [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]


CHECKS = (
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("examples", [5, pytest.param(MANY, marks=pytest.mark.soak)])
def test_every_answer_is_as_documented(served, operations, mode, examples):
    statuses: Counter[int] = Counter()
    for operation in operations:

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=examples < MANY,  # the long run looks elsewhere each time
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def answers_as_documented(case):
            response = case.call(headers=served[1])
            statuses[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        answers_as_documented()
    assert len(operations) >= 20
    assert sum(statuses.values()) > 100
    assert statuses[200 if mode is GenerationMode.POSITIVE else 422], statuses  # of wrong ones few are right by chance
