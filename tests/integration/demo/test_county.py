"""What a supervisor may try in the demo: to ask something of a town of the county."""

import json
import re
import shlex
from html import unescape

from click.testing import CliRunner

from exchange.cli import main
from exchange.cli.demo import LEAST
from exchange.console.pages import console
from exchange.demo import keepsake
from exchange.demo.run import demo_settings
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.settings import settings


def test_what_is_printed_and_what_the_root_page_says_can_be_done(tmp_path):
    folder = tmp_path / "the demo"
    said = CliRunner().invoke(main, ["demo", "--persons", str(LEAST), "--data", str(folder), "--language", "en"])
    assert said.exit_code == 0, said.output
    assert f"`exchange serve --data '{folder}'`" in said.stdout
    node = Node.open(demo_settings(settings(data=folder)))
    app = create_app(node, [console(node)])
    client = app.test_client()
    shown = unescape(re.sub(r"<[^>]+>", "", client.get("/?lang=en").text))
    [printed] = [line.strip() for line in said.stdout.splitlines() if "request.opened" in line]
    [on_page] = [line.strip() for line in shown.splitlines() if "request.opened" in line]
    left = keepsake.load(folder)
    assert left is not None
    assert left.overseen is not None
    town = next(key.token for key in left.keys if key.office == left.overseen.town)
    for line in (printed, on_page):
        _, _, header, address, _, body = shlex.split(line)
        path = "/" + address.split("/", 3)[3]
        name, _, value = header.partition(": ")
        answer = client.post(path, json=json.loads(body), headers={name: value})
        assert answer.status_code == 201, answer.text
        advance(node)
    inbox = client.get("/v1/inbox?purpose=case&limit=200", headers={"Authorization": f"Bearer {town}"}).get_json()
    assert [entry["kind"] for entry in inbox["items"]].count("request") == 2
    app.extensions["exchange_checker"].wait()
    node.close()


def test_a_demo_that_is_not_kept_says_nothing_of_it():
    said = CliRunner().invoke(main, ["demo", "--persons", str(LEAST), "--language", "en"])
    assert "request.opened" not in said.stdout
    assert "exchange serve" not in said.stdout
