"""The pages in a real browser: by mouse and by keyboard alone, in both languages, readable by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from exchange.access.keys import Keys
from exchange.clock import utcnow
from exchange.demo.servers.child import answers, free_port
from exchange.demo.servers.ours import command
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman
from tests.servers.chromium import Reader, chromium

ASKS = "A person has arrived who says that your office keeps the registration"
SIGN_IN = "Which office do you work for?"
NAMES = ("王小雨", "李明", "张伟", "陈静")


class Served(NamedTuple):
    """Where the node is, and a key of each office."""

    address: str
    keys: dict[str, str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as begun:
        yield begun


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A node on which one office asks the other about some persons, each born a day earlier by what it was told."""
    folder: Path = tmp_path_factory.mktemp("served")
    node = opened(folder / "data", clock=utcnow)
    for number, name in enumerate(NAMES):
        Town(node, ZHIFANG).registers(woman(number + 1, name=name, sex="FM"[(number + 1) % 2]))
        stated = woman(number + 1, name=name, sex="FM"[(number + 1) % 2], born_on="1988-05-01")
        Town(node, DONGHUAMEN).sees_arrive(stated, ZHIFANG)
    keys = Keys(node.uow, node.clock)
    issued = {each: keys.issue("a key of a test", [each], ("clerk", "confirmer"))[1] for each in (ZHIFANG, DONGHUAMEN)}
    node.close()
    port = free_port()
    given = {"data": str(folder / "data"), "serves": "11,42"}
    child = command("serve", ["serve", "--port", str(port)], folder, given)
    child.wait_until(lambda: answers(port))
    yield Served(f"http://127.0.0.1:{port}", issued)
    child.end()


def signs_in(browser: Browser, served: Served, office: str) -> Reader:
    reader = Reader(browser, served.address)
    reader.page.goto("/sign-in")
    reader.sees(SIGN_IN)
    reader.page.get_by_label("Key of the office").fill(served.keys[office])
    reader.page.get_by_role("button", name="Sign in").click()
    return reader


def test_a_clerk_answers_what_another_office_asks_which_sees_it(browser, served):
    clerk = signs_in(browser, served, ZHIFANG)
    clerk.sees("to answer, none overdue")
    clerk.page.get_by_role("link", name="王小雨").click()
    clerk.sees(ASKS)
    clerk.page.get_by_role("group").filter(has_text="Confirm with").get_by_label("Remark").fill("as on the card")
    clerk.page.get_by_role("button", name="Confirm with 1 difference").click()
    clerk.page.get_by_role("status").wait_for()
    clerk.sees(ASKS)
    other = signs_in(browser, served, DONGHUAMEN)
    other.page.get_by_role("link", name="Inbox").click()
    other.awaits("1 to decide")
    other.sees("1 to decide")
    other.page.get_by_role("link", name="To decide").click()
    other.page.get_by_role("link", name="王小雨").click()
    other.page.get_by_text("as on the card").wait_for()
    other.sees("The office asked holds something else")
    other.page.get_by_role("button", name="Sign out").click()
    other.sees(SIGN_IN)


def test_with_the_keyboard_alone_and_in_chinese(browser, served):
    reader = Reader(browser, served.address, lang="zh-CN")
    reader.page.goto("/sign-in")
    reader.sees("您在哪个单位工作？")
    reader.types(served.keys[ZHIFANG], "Enter")  # the key is asked for first
    reader.sees("待答复")
    reader.goes_to("李明")
    reader.types("Enter")
    reader.sees("户籍")
    reader.goes_to("提出异议")
    reader.types("Enter")  # unfolds it
    reader.goes_to("备注")
    reader.types("请再核对", "Enter")
    reader.page.get_by_text("请再核对").wait_for()
    reader.goes_to("退出")
    reader.types("Enter")
    reader.sees("您在哪个单位工作？")


def test_what_is_filled_in_goes_on_in_the_other_language(browser, served):
    reader = signs_in(browser, served, ZHIFANG)
    reader.page.get_by_role("link", name="张伟").click()
    reader.sees(ASKS)
    reader.page.get_by_role("checkbox", name="Born").uncheck()
    reader.page.get_by_text("Ask back or remark").first.click()
    reader.page.get_by_label("Question or remark").fill("Please look again.")
    reader.page.get_by_role("link", name="中文").click()
    reader.sees("户籍")
    assert reader.page.get_by_label("提问或说明").input_value() == "Please look again."
    assert not reader.page.get_by_role("checkbox", name="出生日期").is_checked()
    reader.page.reload()
    assert reader.page.get_by_role("checkbox", name="出生日期").is_checked()
    reader.page.get_by_role("link", name="English").click()
    reader.sees(ASKS)


def test_what_is_filled_in_goes_on_to_nobody_else(browser, served):
    reader = signs_in(browser, served, ZHIFANG)
    reader.page.get_by_role("link", name="陈静").click()
    reader.sees(ASKS)
    other = reader.page.url
    reader.page.go_back()
    reader.page.get_by_role("link", name="张伟").click()
    reader.sees(ASKS)
    reader.page.get_by_role("checkbox", name="Born").uncheck()
    reader.page.route("**/*lang=zh-CN*", lambda route: route.abort("aborted"))
    with reader.page.expect_event("requestfailed"):
        reader.page.get_by_role("link", name="中文").click()
    reader.page.goto(other)
    reader.page.get_by_role("heading", level=1, name=ASKS).wait_for()
    assert reader.page.get_by_role("checkbox", name="Born").is_checked()


def test_what_a_page_may_not_do_and_what_keeps_people_from_it_is_found(browser, served):
    reader = Reader(browser, served.address)
    reader.page.goto("/")
    reader.sees("")
    reader.page.evaluate("document.querySelector('main').innerHTML = '<p style=\"color: red\"><input>'")
    assert "label" in "".join(reader.violations())
    [refused] = reader.complaints
    assert "Content Security Policy" in refused
