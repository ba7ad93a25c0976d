"""`exchange letters`: what has to be written, listed and as PDF."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pypdf import PdfReader

from exchange.cli import main
from tests.integration.towns import DONGHUAMEN, Town, opened, woman

OUTSIDE = "430102001000"


@pytest.fixture
def data(tmp_path):
    node = opened(tmp_path / "data")
    Town(node, DONGHUAMEN).sees_arrive(woman(), OUTSIDE)
    node.close()
    return tmp_path / "data"


def run(data: Path, *arguments: str | Path) -> Result:
    line = ["letters", "--office", DONGHUAMEN, "--data", str(data), *map(str, arguments)]
    return CliRunner().invoke(main, line, env={"EXCHANGE_SERVES": "11,42", "LANG": "en_US.UTF-8"})


def test_they_are_listed(data):
    told = json.loads(run(data, "--json").stdout)
    assert [(each["to"], each["kind"]) for each in told["letters"]] == [(OUTSIDE, "inflow")]
    assert told["files"] == []
    lines = run(data).stdout.splitlines()
    assert "Wenyilu Subdistrict, Furong District" in lines[0]
    assert lines[-1] == "Letters to be sent: 1."


def test_they_are_printed(data, tmp_path):
    told = json.loads(run(data, "--json", "--out", tmp_path / "out").stdout)
    (file,) = told["files"]
    assert told["letters"][0]["reference"] in PdfReader(file).pages[0].extract_text()
