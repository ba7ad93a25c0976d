"""What is counted of requests, without servers: whatever callers send, there are no more series than we have routes."""

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.http.metrics import metrics
from tests.integration.towns import ZHIFANG


def test_methods_that_nobody_knows_are_counted_as_one(node):
    client = create_app(node, [metrics(node)]).test_client()
    for number in range(20):
        client.open("/healthz", method=f"MADE-UP-{number}")
    client.get("/healthz")
    _, key = Keys(node.uow, node.clock).issue("a watcher", [ZHIFANG], ["operator"])
    told = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).get_data(as_text=True)
    assert 'exchange_requests_total{method="other",route="none",status="405"} 20.0' in told
    assert 'exchange_requests_total{method="GET",route="/healthz",status="200"} 1.0' in told
    assert "MADE-UP" not in told
