"""The checks that run by themselves: what they found is kept, for whoever looks at it later."""

import json
from datetime import datetime, timedelta
from functools import partial

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from events.store.errors import Unavailable
from events.store.moment import to_number
from exchange.access.caller import Caller, Forbidden
from exchange.audit.outlines import folded
from exchange.audit.rebuild import compare, rebuild
from exchange.cli import main
from exchange.http.node_use_cases import NodeUseCases
from exchange.node import Node
from exchange.queries.checks import NoReport, last_report
from exchange.reconcile import between, checks, everywhere, latest, report, stepwise
from exchange.reconcile.digesting import bring_up
from exchange.reconcile.reporting import BEGINNING, report_from
from exchange.tables import digests, proofs, reports
from tests.integration.test_between import peopled
from tests.integration.test_checks import behind_the_back
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, woman

AUDITOR = Caller(ZHIFANG, "auditor", frozenset({"auditor"}))


def command(node, *arguments: str, language: str = "en") -> Result:
    served = {"EXCHANGE_SERVES": ",".join(BEIJING_AND_HUBEI)}
    told = ["reconcile", "--data", str(node.settings.data), "--language", language, *arguments]
    return CliRunner(env=served).invoke(main, told)


def test_what_was_found_is_kept_in_each_database(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    assert latest(node) is None
    with capture_logs() as logged:
        found = report(node)
    assert [(line["event"], line["log_level"], line["persons"]) for line in logged] == [("checked", "info", 2)]
    kept = latest(node)
    assert kept is not None
    assert (kept.checked, kept.left_out) == (found, 0)
    node.close()


def test_step_by_step_the_same_is_found_as_at_once(node, home, new_home):
    peopled(home, new_home, Town(node, WANSHOULU))
    behind_the_back(node, ("UPDATE records SET lives_at = NULL WHERE office = ?", (DONGHUAMEN,)))
    told: list[int] = []
    found, whole = stepwise(node, told.append), checks(node)
    assert (found.differences, found.pairs, found.persons) == (whole.differences, whole.pairs, whole.persons)
    assert told == [2]


def test_a_fault_is_an_error_in_the_log_and_the_latest_report_says_it(node, home, new_home):
    peopled(home, new_home)
    report(node)
    behind_the_back(node, ("UPDATE records SET lives_at = NULL WHERE office = ?", (DONGHUAMEN,)))
    with capture_logs() as logged:
        report(node)
    assert [line["log_level"] for line in logged] == ["error"]
    [found] = last_report(node, AUDITOR).checked.differences
    assert (found.check, found.office) == ("view", DONGHUAMEN)


def test_reports_are_let_go_of_in_time(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock)
    report(node)
    clock.now += reports.KEPT + timedelta(days=1)
    report(node)
    with node.uow.look() as session:
        assert session.sql.exec_driver_sql("SELECT count(*) FROM reports").scalar_one() == 1
    node.close()


def full(*_: object) -> None:
    raise Unavailable(rule="store.full")


def test_a_disk_that_fills_meanwhile_ends_no_check(node, home, new_home, monkeypatch):
    peopled(home, new_home, Town(node, WANSHOULU))
    behind_the_back(node, ("UPDATE records SET lives_at = NULL WHERE office = ?", (DONGHUAMEN,)))
    monkeypatch.setattr(proofs, "keep", full)
    with capture_logs() as logged:
        found = stepwise(node)
    assert (found.persons, found.checks["view"]) == (2, 1)
    assert [line["event"] for line in logged] == ["proofs_not_kept"]


@pytest.mark.parametrize("before", [True, False])
def test_where_the_disk_is_full_the_ledger_is_compared_by_its_rows(node, home, new_home, monkeypatch, before):
    """Digests that cannot be brought up to date say what was so before, or nothing."""
    if before:
        peopled(home, Town(node, WANSHOULU))
        assert everywhere(node).equal
    home.registers(woman(9))
    new_home.sees_arrive(woman(9), ZHIFANG)
    behind_the_back(node, ("DELETE FROM books WHERE office = ?", (ZHIFANG,)))
    with monkeypatch.context() as patched, capture_logs() as logged:
        patched.setattr(digests, "keep", full)
        found = everywhere(node)
        altered = everywhere(node, trusted=False).forged
    assert {line["event"] for line in logged} == {"digests_not_kept"}
    assert before or altered == 0  # what is only not up to date nobody altered; those of before somebody did
    assert {each.office for each in found.differing} == {ZHIFANG}
    assert everywhere(node, trusted=False).differing == found.differing


@pytest.mark.parametrize(("language", "said"), [("en", "could not be kept"), ("zh-CN", "未能保存")])
def test_what_the_command_found_is_said_also_where_it_cannot_be_kept(node, home, new_home, monkeypatch, language, said):
    peopled(home, new_home)
    monkeypatch.setattr(reports, "keep", full)
    done = command(node, language=language)
    assert (done.exit_code, said in done.stderr) == (0, True)
    assert "E1" in done.stdout


@pytest.mark.parametrize("areas", [(), (ZHIFANG, DONGHUAMEN)])
@pytest.mark.parametrize("place", ["exchange.tables.books.clear", "exchange.cli.reconcile.repair"])
def test_what_the_command_found_is_said_also_where_it_cannot_be_repaired(
    node, home, new_home, monkeypatch, areas, place
):
    peopled(home, new_home)
    behind_the_back(node, ("DELETE FROM books WHERE office = ?", (ZHIFANG,)))
    monkeypatch.setattr(place, full)
    done = command(node, *areas, "--repair")
    assert (done.exit_code, done.stderr.startswith("exchange: ")) == (4, True)
    assert f"  {ZHIFANG}  " in done.stdout
    told = json.loads(command(node, *areas, "--repair", "--json").stdout)
    assert (told["equal"], told["error"]["rule"], "repaired_persons" in told) == (False, "store.full", False)
    assert ZHIFANG in {each["office"] for each in told["differences" if not areas else "differing"]}


def test_what_says_little_of_everybody_does_not_stand_as_the_last_report(node, home, new_home):
    """After an upgrade everybody waits to be settled anew: that nobody was found to differ is then no finding."""
    person = home.registers(woman()).person
    assert command(node).exit_code == 0
    kept = latest(node)
    assert kept is not None
    with node.uow.begin() as session:
        session.mark_dirty([str(person)], node.clock())
    assert json.loads(command(node, "--json").stdout)["waiting"] == 1
    assert latest(node) == kept


def test_before_the_first_one_there_is_none_and_no_clerk_is_shown_any(node):
    with pytest.raises(NoReport):
        last_report(node, AUDITOR)
    report(node)
    with pytest.raises(Forbidden):
        last_report(node, Caller(ZHIFANG, "clerk", frozenset({"clerk"})))


def test_the_command_shows_it(node, home, new_home):
    peopled(home, new_home)
    assert command(node, "--latest").exit_code == 3
    report(node)
    shown = command(node, "--latest")
    assert (shown.exit_code, "E1 ledger: equal" in shown.stdout) == (0, True)
    assert command(node, "--latest", "--repair").exit_code == 2
    shown = command(node, ZHIFANG, DONGHUAMEN)
    assert shown.exit_code == 0, shown.stdout
    for one, other in (("42", "11"), ("4201", "1101"), (ZHIFANG[:6], DONGHUAMEN[:9]), ("湖北省", "东华门街道")):
        assert command(node, one, other).exit_code == 0, one
    for wrong in ("99", "42011", "nowhere", "420115001001"):
        assert command(node, wrong).exit_code == 2, wrong
        assert command(node, "42", wrong).exit_code == 2, wrong


def test_the_command_keeps_what_it_finds_as_the_checks_of_a_night_do(node, home, new_home):
    peopled(home, new_home)
    assert command(node, ZHIFANG, DONGHUAMEN).exit_code == 0
    assert latest(node) is None, "of two areas alone"
    told = json.loads(command(node, "--json").stdout)
    kept = latest(node)
    assert kept is not None
    with node.uow.look() as session:
        assert kept.events == session.frontier().size
    shown = json.loads(command(node, "--latest", "--json").stdout)
    assert (shown["persons"], shown["ledger"]) == (told["persons"], told["ledger"])
    behind_the_back(node, ("UPDATE records SET lives_at = NULL WHERE office = ?", (DONGHUAMEN,)))
    assert command(node).exit_code == 1
    assert command(node, "--latest").exit_code == 1
    assert command(node, "--repair").exit_code == 0
    assert command(node, "--latest").exit_code == 0
    with node.uow.look() as session:
        assert len(list(reports.newest_first(session.sql))) == 4, "what was found before it was mended is kept, too"


def test_the_command_compares_the_ledger_of_the_whole_tree_as_well(node, home, new_home):
    peopled(home, new_home)
    told = json.loads(command(node, "--json").stdout)
    assert (told["equal"], told["ledger"]["trips"], told["ledger"]["differing"]) == (True, 1, [])
    assert told["ledger"]["shared"] > 0
    behind_the_back(node, ("UPDATE digests SET count = count + 1 WHERE side = ?", ("held",)))
    assert json.loads(command(node, "--full", "--json").stdout)["ledger"]["forged"] > 0
    assert command(node, "--full").exit_code == 1
    healed = command(node, "--full", "--repair")
    assert healed.exit_code == 0, healed.stdout


def test_the_report_carries_the_ledger_of_the_whole_tree_as_it_stood_that_night(node, home, new_home):
    peopled(home, new_home)
    report(node)
    now = json.loads(command(node, "--json").stdout)["ledger"]
    told = json.loads(command(node, "--latest", "--json").stdout)
    assert told["ledger"] == {**now, "read": told["ledger"]["read"], "at": told["ledger"]["at"]}
    assert "Ledgers of both sides: " in command(node, "--latest").stdout
    row = NodeUseCases(node).last_report(AUDITOR)
    assert (row["equal"], row["ledger"]["shared"], row["ledger"]["count"]) == (True, now["shared"], 0)


def kept_otherwise(node: Node, **ledger: object) -> None:
    """The report as it would have been kept with this of its ledger; with none at all where nothing is named."""
    with node.uow.begin() as session:
        [body] = reports.newest_first(session.sql)
        plain = json.loads(body)
        plain["ledger"] = {**plain["ledger"], **ledger} if ledger else None
        reports.keep(session.sql, datetime.fromisoformat(plain["checked"]["at"]), json.dumps(plain).encode())


def test_a_report_in_which_the_ledger_alone_differs_is_no_good_one(node, home, new_home):
    peopled(home, new_home)
    report(node)
    kept_otherwise(node, forged=1)
    shown = command(node, "--latest")
    assert (shown.exit_code, "1 kept digests" in shown.stdout) == (1, True)
    assert NodeUseCases(node).last_report(AUDITOR)["equal"] is False


def test_a_report_of_an_earlier_version_is_shown_without_one(node, home, new_home):
    peopled(home, new_home)
    report(node)
    kept_otherwise(node)
    assert command(node, "--latest").exit_code == 0
    assert "ledger" not in NodeUseCases(node).last_report(AUDITOR)


def test_a_line_in_a_book_about_somebody_of_whom_nothing_was_recorded_is_named_and_taken_out(node, home, new_home):
    peopled(home, new_home)
    nobody = "00000000-0000-4000-8000-000000000000"
    columns = "office, author, teller, parts, leaf, told"
    row = f"SELECT ?, ?, {columns} FROM books WHERE office = ? LIMIT 1"
    behind_the_back(node, (f"INSERT INTO books (person, id, {columns}) {row}", (nobody, nobody, ZHIFANG)))
    [found] = stepwise(node).differences
    assert (found.check, found.office, found.person, found.lacking) == ("ledger", ZHIFANG, nobody, ("delivered",))
    assert command(node, "--repair").exit_code == 0


def test_a_report_goes_on_where_it_was_left_and_of_two_who_go_on_one_ends(node, home, new_home, monkeypatch):
    """A broker that hands a task to a second worker doubles nothing, and no worker is held up for long."""
    monkeypatch.setattr("exchange.reconcile.reporting.BATCH", 1)
    peopled(home, new_home, Town(node, WANSHOULU))
    bring_up(node)
    place = report_from(node, BEGINNING, lambda: True)
    assert place is not None
    assert latest(node) is None
    behind = report_from(node, place, lambda: True)
    assert report_from(node, place, lambda: True) is None
    assert behind is not None
    assert report_from(node, behind, lambda: False) is None
    kept = latest(node)
    assert kept is not None
    assert (kept.checked.persons, kept.checked.pairs) == (2, checks(node).pairs)


def test_log_and_feeds_are_looked_through_in_slices_as_well(node, home, new_home, monkeypatch):
    """They grow with the node: a task that did it all at once would hold its worker for as long as that takes."""
    for module in ("logged", "fed"):
        monkeypatch.setattr(f"exchange.reconcile.{module}.STEP", 2)
    peopled(home, new_home)
    bring_up(node)
    found, place = [], report_from(node, BEGINNING, lambda: True)
    while place is not None:
        found.append(place[1])
        place = report_from(node, place, lambda: True)
    with node.uow.look() as session:
        rows = [session.sql.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one() for t in ("log", "deliveries")]
    looks = sum(each // 2 + 1 for each in rows)
    assert [each for each in found if each.startswith("look")] == [f"look {n}" for n in range(1, looks)]
    kept = latest(node)
    assert kept is not None
    assert (kept.places, kept.checked.equal) == (None, True)


def test_whoever_goes_on_with_a_report_that_is_not_kept_begins_none(node):
    assert report_from(node, (to_number(node.clock()), "look 1"), lambda: False) is None
    assert latest(node) is None


def in_slices(node) -> None:
    """The digests in tasks that end after each step, as the checks do."""
    slices, place = 1, report_from(node, BEGINNING, lambda: True)
    while place is not None:
        slices, place = slices + 1, report_from(node, place, lambda: True)
    assert slices > 64, "one for each 64 units, none of which had been looked at"
    assert latest(node) is not None


@pytest.mark.parametrize("look", [report, stepwise, in_slices])
def test_a_comparison_after_the_checks_of_the_night_reads_nothing(node, home, new_home, look):
    peopled(home, new_home, Town(node, WANSHOULU))
    look(node)
    assert between(node, "42", "11").read == 0


@pytest.mark.parametrize("work", [compare, rebuild, partial(folded, parts=False)])
def test_whoever_waits_for_a_replay_is_told_how_far_it_is(node, home, new_home, work):
    peopled(home, new_home, Town(node, WANSHOULU))
    told: list[int] = []
    work(node, batch=1, tell=told.append)
    assert told[:2] == [1, 2]


def test_in_several_processes_the_same_is_found(tmp_path, database_url, monkeypatch):
    monkeypatch.setattr("exchange.reconcile.reporting.FEW", 1)
    node = opened(tmp_path, database_url=database_url)
    peopled(Town(node, ZHIFANG), Town(node, DONGHUAMEN), Town(node, WANSHOULU))
    with node.uow.begin() as session:
        session.sql.exec_driver_sql(f"UPDATE records SET lives_at = NULL WHERE office = '{DONGHUAMEN}'")
    told: list[int] = []
    together, alone = stepwise(node, told.append, processes=2), stepwise(node)
    assert (together.differences, together.pairs, told) == (alone.differences, alone.pairs, [2])
    assert [(each.check, each.office) for each in together.differences] == [("view", DONGHUAMEN)]
    node.close()


def test_of_few_persons_no_process_is_opened(node, home, new_home, monkeypatch):
    """Each takes a second to open; a small node is checked in less."""
    peopled(home, new_home)
    monkeypatch.setattr("exchange.reconcile.reporting.in_processes", lambda *_, **__: pytest.fail("opened"))
    assert stepwise(node, processes=2).persons == 1
