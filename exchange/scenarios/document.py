"""A YAML document as plain data, with none of YAML's surprises: no dates, no truth out of words, no key twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from events.errors import Malformed


class ScenarioInvalid(Malformed):
    """The file is no scenario. `field` is the place in the file, `rule` what it breaks."""

    code = "scenario_invalid"


class _Loader(yaml.CSafeLoader):  # which takes a seventh of the time
    """Whole numbers (also `+3`), `true`, `false` and `null`; everything else is text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as PyYAML declares it

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise ScenarioInvalid(field=_at(node), rule="scenario.key_twice", value=str(key))
        return super().construct_mapping(node, deep=True)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:null|~)\Z"), list("n~"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z"), list("-+0123456789"))


def load(text: str) -> Any:
    """The data of one document. Raises ScenarioInvalid: scenario.yaml, scenario.key_twice."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader that knows even less
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        lines = text.count("\n") + 1  # of a text that is cut short the end lies beyond the last of them
        where = f"line {min(mark.line + 1, lines)}" if mark is not None else "$"
        raise ScenarioInvalid(field=where, rule="scenario.yaml") from error


def _at(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


class Fields:
    """One mapping of the file, read key by key. A key that nobody asked for is a fault."""

    def __init__(self, data: Any, where: str, allowed: Iterable[str]) -> None:
        if not isinstance(data, Mapping):
            raise ScenarioInvalid(field=where, rule="scenario.mapping")
        if unknown := sorted(set(data) - set(allowed)):
            raise ScenarioInvalid(field=f"{where}.{unknown[0]}", rule="scenario.unknown_key", value=unknown[0])
        self.data: Mapping[str, Any] = data
        self.where = where

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def at(self, key: str) -> str:
        return f"{self.where}.{key}"

    def need(self, key: str) -> Any:
        if key not in self.data:
            raise ScenarioInvalid(field=self.at(key), rule="scenario.missing", value=key)
        return self.data[key]

    def text(self, key: str, default: str | None = None) -> str | None:
        value = self.data.get(key, default)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise ScenarioInvalid(field=self.at(key), rule="scenario.text")
        return value.strip() if isinstance(value, str) else None

    def word(self, key: str, words: Iterable[str], default: str | None = None) -> str | None:
        value = self.text(key, default)
        return value if value is None else word(value, self.at(key), words)

    def words(self, key: str, words: Iterable[str] | None = None) -> tuple[str, ...]:
        return many(self.data.get(key, []), self.at(key), words)

    def flag(self, key: str) -> bool | None:
        value = self.data.get(key)
        if value is not None and not isinstance(value, bool):
            raise ScenarioInvalid(field=self.at(key), rule="scenario.flag")
        return value

    def number(self, key: str) -> int:
        value = self.data.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ScenarioInvalid(field=self.at(key), rule="scenario.number")
        return value


def word(value: Any, where: str, words: Iterable[str]) -> str:
    """The value, if it is one of these words."""
    known = sorted(words)
    if not isinstance(value, str) or value not in known:
        raise ScenarioInvalid(field=where, rule="scenario.word", value=str(value), allowed=", ".join(known))
    return value


def many(value: Any, where: str, words: Iterable[str] | None = None) -> tuple[str, ...]:
    """A text, or a list of texts."""
    held = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) for each in held):
        raise ScenarioInvalid(field=where, rule="scenario.texts")
    return tuple(held) if words is None else tuple(word(each, where, words) for each in held)
