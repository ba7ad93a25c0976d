"""No committed file names a package registry or a place on somebody's machine."""

import re

import pytest

from tests.conventions.sources import committed_texts

# Written apart, so that this file keeps its own rule.
_HOSTS = [
    ("pypi", "org"),
    ("python" + "hosted", "org"),
    ("npmjs", "(?:org|com)"),
    ("npmmirror", "com"),
    ("deb", "debian", "org"),
    ("security", "debian", "org"),
    ("proxy", "golang", "org"),
    ("crates", "io"),
]
_REGISTRY = re.compile("|".join(r"\.".join(parts) for parts in _HOSTS) + "|--(?:extra-index|index|find)-(?:url|links)")
_FOLDERS = ("root", "home", "work", "Users")
_MACHINE = re.compile(rf"(?<![\w./:}}-])/(?:{'|'.join(_FOLDERS)})/\w")


def places_in(text: str) -> list[str]:
    return [found.group() for pattern in (_REGISTRY, _MACHINE) for found in pattern.finditer(text)]


def test_no_committed_file_names_a_registry_or_a_machine():
    named = {name: places for name, text in committed_texts() if (places := places_in(text))}
    assert named == {}


@pytest.mark.parametrize(
    "text",
    [
        "from files." + "python" + "hosted" + ".org",
        "--index" + "-url=x",
        *(f"cd /{folder}/somebody" for folder in _FOLDERS),
        *(f"open('/{folder}/key')" for folder in _FOLDERS),
        *(f"PATH=/{folder}/someone" for folder in _FOLDERS),
    ],
)
def test_such_a_place_is_found(text):
    assert places_in(text)


@pytest.mark.parametrize(
    "text", [*(f"/v1/{folder}/items" for folder in _FOLDERS), "https://www.apache.org/licenses/", "the /homepage"]
)
def test_what_is_no_such_place_is_left_alone(text):
    assert not places_in(text)
