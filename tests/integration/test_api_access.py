"""Nobody passes without a valid key, the right role, an office of the key's areas and a stated purpose."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from events.errors import Malformed
from exchange.access.keys import Keys, Unauthenticated
from exchange.access.keys_table import access_keys
from exchange.http.v1 import examples
from tests.integration.api import COUNTY, OTHER, TOWN, Api, api

served = pytest.fixture(api, name="served")
RECORD = f"/v1/persons/{examples.PERSON}/record"
WHY = {"Exchange-Purpose": "registration"}


def test_a_call_without_a_key_is_refused_and_told_how_to_come_back(served: Api):
    answer = served.client().get("/v1/inbox")
    assert answer.status_code == 401
    assert answer.json["code"] == "unauthenticated"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert served.cases.asked == []


@pytest.mark.parametrize(
    "authorization",
    ["Bearer ", "Bearer nonsense", "Basic abc", "xk_000000000000_" + "0" * 64, "Bearer xk_000000000000_" + "0" * 64],
)
def test_a_wrong_key_is_refused(served: Api, authorization):
    assert served.client().get("/v1/inbox?purpose=case", headers={"Authorization": authorization}).status_code == 401


def test_one_wrong_sign_in_the_secret_is_a_wrong_key(served: Api):
    key, secret = served.keys.issue("a town", [TOWN], ["clerk"])
    assert served.keys.authenticate(secret) == key
    wrong = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    with pytest.raises(Unauthenticated):
        served.keys.authenticate(wrong)


def test_no_secret_is_stored(served: Api):
    key, secret = served.keys.issue("a town", [TOWN], ["clerk"])
    with served.keys._uow.look() as session:
        [row] = session.sql.execute(select(access_keys)).all()
    assert row.id == key.id
    assert secret.rpartition("_")[2] not in repr(tuple(row))
    assert bytes.fromhex(secret.rpartition("_")[2]) not in (row.salt, row.digest)


def test_a_revoked_key_opens_nothing_from_that_moment(served: Api):
    key, secret = served.keys.issue("a town", [TOWN], ["clerk"])
    headers = {"Authorization": f"Bearer {secret}"}
    assert served.client().get("/v1/inbox?purpose=case", headers=headers).status_code == 200
    assert served.keys.revoke(key.id).revoked_at
    assert served.keys.revoke(key.id).revoked_at
    assert served.client().get("/v1/inbox?purpose=case", headers=headers).status_code == 401


def test_a_key_ends_at_its_last_moment(served: Api):
    now = datetime(2026, 11, 24, tzinfo=UTC)
    keys = Keys(served.keys._uow, lambda: now)
    _, secret = keys.issue("a town", [TOWN], ["clerk"], now + timedelta(hours=1))
    assert keys.authenticate(secret).scopes == (TOWN,)
    with pytest.raises(Unauthenticated):
        Keys(served.keys._uow, lambda: now + timedelta(hours=1)).authenticate(secret)


@pytest.mark.parametrize(
    ("name", "scopes", "roles", "rule"),
    [
        ("", [TOWN], ["clerk"], "access_key.name"),
        ("a", [], ["clerk"], "access_key.scope"),
        ("a", ["x"], ["clerk"], "division.digits"),
        ("a", [TOWN], [], "access_key.role"),
        ("a", [TOWN], ["root"], "access_key.role"),
    ],
)
def test_a_key_for_nothing_or_nobody_is_not_issued(served: Api, name, scopes, roles, rule):
    with pytest.raises(Malformed) as refused:
        served.keys.issue(name, scopes, roles)
    assert refused.value.rule == rule
    assert served.keys.all() == ()


def test_a_role_opens_its_routes_and_no_others(served: Api):
    client = served.client()
    assert client.get("/v1/status", headers=served.bearer("clerk")).status_code == 403
    assert client.get("/v1/status", headers=served.bearer("operator")).status_code == 200
    assert client.get("/v1/checks", headers=served.bearer("supervisor")).status_code == 403
    assert client.get("/v1/checks", headers=served.bearer("auditor")).status_code == 200
    assert client.post(f"/v1/cases/{examples.CASE}/confirm", headers=served.bearer("clerk"), json={}).status_code == 403


def test_a_key_speaks_for_the_office_named_only_inside_its_areas(served: Api):
    headers = served.bearer("clerk", scopes=[COUNTY])
    client = served.client()
    assert client.get("/v1/inbox?purpose=case", headers={**headers, "Exchange-Office": TOWN}).status_code == 200
    assert served.cases.asked[-1][1].office == TOWN
    assert client.get("/v1/inbox?purpose=case", headers={**headers, "Exchange-Office": OTHER}).status_code == 403
    assert client.get("/v1/inbox?purpose=case", headers={**headers, "Exchange-Office": "33"}).status_code == 422


def test_a_key_of_several_areas_must_say_for_which_it_speaks(served: Api):
    answer = served.client().get("/v1/inbox?purpose=case", headers=served.bearer("clerk", scopes=[TOWN, OTHER]))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["rule"] == "header.office_needed"


def test_the_actor_of_the_callers_own_system_is_passed_on(served: Api):
    served.client().get("/v1/inbox?purpose=case", headers={**served.bearer(), "Exchange-Actor": "li.na"})
    assert served.cases.asked[-1][1].actor == "li.na"


@pytest.mark.parametrize("actor", ["system", "", "a b", "x" * 65])
def test_nobody_acts_under_the_name_of_the_exchange_or_under_no_name(served: Api, actor):
    assert (
        served.client().get("/v1/inbox?purpose=case", headers={**served.bearer(), "Exchange-Actor": actor}).status_code
        == 422
    )


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", RECORD, None),
        ("GET", f"/v1/persons/{examples.PERSON}/history", None),
        ("GET", f"/v1/cases/{examples.CASE}", None),
        ("GET", "/v1/inbox", None),
        ("GET", "/v1/feed", None),
        ("POST", "/v1/persons/find", {"kind": "resident", "number": "110105199104170025"}),
    ],
)
def test_a_read_of_a_person_without_a_purpose_is_refused(served: Api, method, path, body):
    answer = served.client().open(path, method=method, json=body, headers=served.bearer())
    assert answer.status_code == 422
    assert answer.json["errors"][0]["rule"] == "purpose.missing"
    assert "registration" in answer.json["detail"]
    assert served.cases.asked == []


def test_a_purpose_may_stand_in_the_header_or_in_the_query(served: Api):
    client, headers = served.client(), served.bearer()
    assert client.get(RECORD, headers={**headers, **WHY}).status_code == 200
    assert client.get(f"{RECORD}?purpose=case", headers=headers).status_code == 200
    assert [rest[0] for _, _, rest in served.cases.asked] == ["registration", "case"]
    assert client.get(f"{RECORD}?purpose=case", headers={**headers, **WHY}).status_code == 422


def test_a_purpose_that_is_not_for_the_role_is_refused(served: Api):
    assert (
        served.client().get(RECORD, headers={**served.bearer("clerk"), "Exchange-Purpose": "audit"}).status_code == 403
    )
    assert served.client().get(f"{RECORD}?purpose=curiosity", headers=served.bearer()).status_code == 422


def test_only_who_oversees_reads_with_the_eyes_of_an_office_of_its_area(served: Api):
    client = served.client()
    county = {**served.bearer("supervisor", scopes=[COUNTY]), "Exchange-Purpose": "supervision"}
    assert client.get(f"{RECORD}?office={TOWN}", headers=county).status_code == 200
    assert client.get(f"{RECORD}?office={OTHER}", headers=county).status_code == 403
    assert client.get(f"{RECORD}?office={OTHER}", headers={**served.bearer(), **WHY}).status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/openapi.json", "/docs", "/static/docs.css"])
def test_what_is_public_needs_no_key(served: Api, path):
    assert served.client().get(path, buffered=True).status_code == 200


def test_a_node_that_is_not_ready_says_so(served: Api):
    served.cases.well = False
    assert served.client().get("/readyz").status_code == 503
    assert served.client().get("/healthz").status_code == 200
