"""Whatever a person may be told is there in Chinese and English, and both say the same."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest

from events.errors import ExchangeError
from exchange.translations import all_messages, known
from tests.conventions.sources import inside, modules, tree_of


def placeholders(wording: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(wording) if name is not None}


def subclasses(kind: type[ExchangeError]) -> Iterator[type[ExchangeError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


def rules_named_in(tree: ast.AST) -> set[str]:
    """Each rule that a call or a class states as a plain string."""
    return {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and node.arg == "rule"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@pytest.fixture(scope="module")
def errors() -> dict[str, str]:
    """The code of every error of the product, with the class that has it."""
    for package in ("events", "exchange", "schemas"):
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not module.name.startswith("exchange.migrations.") and not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    return {kind.code: kind.__qualname__ for kind in subclasses(ExchangeError)}


# One test for all texts: of thousands each would take longer to be handed out and told of than to run.


def in_both(wordings: Mapping[str, str]) -> bool:
    return set(wordings) == {"en", "zh"} and all(wording.strip() for wording in wordings.values())


def test_each_text_is_there_in_both_languages():
    assert [key for key, wordings in all_messages().items() if not in_both(wordings)] == []


def test_each_text_names_the_same_details_in_both():
    named = {key: [placeholders(each) for each in wordings.values()] for key, wordings in all_messages().items()}
    assert {key: each for key, each in named.items() if each[0] != each[-1]} == {}


def chinese(wording: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in wording)


def test_each_chinese_text_is_chinese():
    assert [key for key, wordings in all_messages().items() if not chinese(wordings["zh"])] == []


def test_a_text_that_lacks_a_language_is_told_from_one_that_has_both():
    assert in_both({"en": "Sent.", "zh": "已发送。"})
    assert not any(map(in_both, ({"en": "Sent."}, {"en": "Sent.", "zh": " "}, {"en": "", "zh": "已发送。"})))
    assert (chinese("已发送。"), chinese("Sent.")) == (True, False)


def test_every_error_has_a_text(errors):
    assert {code: kind for code, kind in errors.items() if not known(code)} == {}


def test_every_rule_that_is_raised_has_a_text():
    untold = [
        f"{inside(path)}: {rule}"
        for path in modules()
        for rule in sorted(rules_named_in(tree_of(path)))
        if not known(rule)
    ]
    assert not untold, "\n".join(untold)


def test_the_errors_of_the_core_are_among_those_judged(errors):
    assert {"malformed", "event_id_conflict", "stale_version", "erased", "tampered"} <= errors.keys()


def test_a_rule_is_found_where_it_is_raised():
    assert rules_named_in(ast.parse("raise Malformed(field='name', rule='too_long')")) == {"too_long"}


def test_placeholders_are_told_apart():
    assert placeholders("{field} in {value}") == {"field", "value"}
