"""The command speaks the caller's language, and to machines in one JSON object, errors too."""

import json

import click
import pytest
from click.testing import CliRunner

from events.errors import Malformed, Several, StaleVersion, Tampered
from exchange.cli import main, speech
from exchange.cli.exit_codes import BAD_INPUT, DIFFERENT, NOT_TRIED, UNAVAILABLE, NotTried, exit_code
from exchange.cli.node import OutOfReach


@pytest.fixture
def run(monkeypatch, tmp_path):
    for name in ("EXCHANGE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **env: CliRunner().invoke(main, arguments, env=env)


def test_help_lists_every_command_in_the_callers_language(run):
    english, chinese = run("--help"), run("--help", LANG="zh_CN.UTF-8")
    assert english.exit_code == chinese.exit_code == 0
    for command in ("serve", "demo", "scenario", "import", "export", "replay", "reconcile", "key", "db", "status"):
        assert f"\n  {command} " in english.output
        assert f"\n  {command} " in chinese.output
    assert "Serve the API" in english.output
    assert "提供接口" in chinese.output


@pytest.mark.parametrize(
    "command",
    ["serve", "import", "export", "replay", "reconcile", "status", "version", "scenario", "key", "key create", "db"],
)
def test_every_command_explains_its_options_in_both_languages(run, command):
    for language in ("en", "zh-CN"):
        told = run("--language", language, *command.split(), "--help")
        assert told.exit_code == 0
        assert "cli." not in told.output
        assert "--json" in told.output


def test_the_language_asked_for_wins_over_that_of_the_environment(run):
    assert "提供接口" in run("--language", "zh-CN", "--help", LANG="en_US.UTF-8").output
    assert "Serve the API" in run("--help", LANG="C.UTF-8").output


def test_a_wrong_option_is_named(run):
    told = run("import", "--nope")
    assert told.exit_code == BAD_INPUT
    assert "There is no option --nope" in told.stderr
    assert "没有选项 --nope" in run("--language", "zh-CN", "import", "--nope").stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "field", "rule"),
    [
        (["--nope"], "--nope", "cli.no_such_option"),
        (["nope"], "nope", "cli.no_such_command"),
        (["key", "create"], "NAME", "cli.missing"),
        (["serve", "--port", "x"], "--port", "cli.bad_value"),
        (["export", "r.csv", "--office", "420115001", "--purpose", "curiosity"], "--purpose", "cli.bad_value"),
        (["import"], "FILE", "cli.missing_here"),
        (["import", "r.csv", "--office", "Atlantis"], "--office", "division.unknown"),
        (["import", "r.csv", "--office", "420115"], "--office", "register.place_not_town"),
    ],
)
def test_for_machines_an_error_is_one_object_that_names_field_and_rule(run, arguments, field, rule):
    told = run(*arguments, "--json")
    error = json.loads(told.stdout)["error"]
    assert told.exit_code == BAD_INPUT
    assert told.stderr == ""
    assert (error["field"], error["rule"]) == (field, rule)
    assert error["message"] != rule


@pytest.mark.parametrize(
    ("arguments", "english", "chinese"),
    [
        (["demo", "--persons", "5"], "--persons takes a whole number (≥ 30).", "--persons 应为整数（≥ 30）。"),
        (["demo", "--seed", "x"], "--seed takes a whole number.", "--seed 应为整数。"),
        (["demo", "more"], "There is more on the line than the command takes: more", "命令中有多余的内容：more"),
        (
            ["key", "create", "x", "--office", "42", "--role", "king"],
            "--role takes one of: ",
            "--role 只能取下列值之一：",
        ),
        (["import", "r.csv", "--as-of", "x"], "--as-of takes a day", "--as-of 应为日期"),
        (["status", "--data", "file"], "--data takes the name of a folder", "--data 应为可读取的文件夹"),
        (["import", "nowhere.csv", "--office", "420115001"], "there is no such file", "文件或文件夹不存在"),
    ],
)
def test_what_cannot_be_taken_is_said_in_one_language(run, tmp_path, arguments, english, chinese):
    (tmp_path / "file").touch()
    serving = {"EXCHANGE_SERVES": "420115"}
    assert english in run(*arguments, **serving).stderr
    told = run(*arguments, "--language", "zh-CN", **serving).stderr
    assert chinese in told
    assert "Invalid" not in told
    assert "No such" not in told


@pytest.mark.parametrize("command", ["demo", "export", "key create", "jurisdiction", "jurisdiction split"])
def test_help_says_nothing_of_clicks_own_words_in_chinese(run, command):
    told = run(*command.split(), "--help", "--language", "zh-CN").output
    assert all(word in told for word in ("用法：", "选项:", "显示本说明后退出。"))
    assert not any(word in told for word in ("Usage", "Options:", "[required]", "[default", "Show this message"))


def test_a_key_is_called_by_one_line(run):
    told = run("key", "create", "two\nlines", "--office", "420115", "--role", "clerk", "--json")
    assert json.loads(told.stdout)["error"]["rule"] == "access_key.name"


def test_the_status_is_told_in_the_callers_language(run, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "exchange.toml").write_text('serves = ["420115001"]\n', encoding="utf-8")
    assert run("db", "upgrade").exit_code == 0
    told = run("status", "--language", "zh-CN").stdout
    assert "  420115001  江夏区纸坊街道\n" in told
    assert "未结案件：0\n" in told
    assert "Zhifang Subdistrict" in run("status", "--language", "en").stdout


def test_a_wrong_setting_is_named(run):
    told = run("status", "--json", EXCHANGE_POLL_SECONDS="often")
    assert told.exit_code == BAD_INPUT
    assert json.loads(told.stdout)["error"]["field"] == "poll_seconds"


def test_each_wrong_setting_is_told_by_its_rule_in_the_callers_language(run, tmp_path):
    file = tmp_path / "own.toml"
    file.write_text('serves = ["4201150"]\nfoo = 1\nport = "x"\npoll_seconds = 0\n', encoding="utf-8")
    english = run("status", "--settings", "own.toml").stderr
    assert "foo: There is no such setting." in english
    assert "serves: A division code has 2, 4, 6, 9 or 12 digits" in english
    assert "port: A whole number is expected." in english
    assert "poll_seconds: A number from 1 to 3600 is expected." in english
    assert "应为整数" in run("status", "--settings", "own.toml", "--language", "zh-CN").stderr
    assert "文件或文件夹不存在" in run("status", "--settings", "nowhere.toml", "--language", "zh-CN").stderr


def test_settings_are_found_beside_the_data(run, tmp_path):
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "exchange.toml").write_text('serves = ["420115"]\n', encoding="utf-8")
    assert run("db", "upgrade").exit_code == 0
    assert json.loads(run("status", "--json").stdout)["offices"] == ["420115000000"]


@pytest.mark.parametrize("command", [["db", "upgrade"], ["demo", "--persons", "30"], ["status"]])
def test_a_data_folder_that_cannot_be_made_is_unavailable(run, tmp_path, command):
    (tmp_path / "file").write_text("", encoding="utf-8")
    told = run(*command, "--data", "file/below")
    assert told.exit_code == UNAVAILABLE
    assert "file/below" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["reconcile"],
        ["replay"],
        ["key", "list"],
        ["key", "revoke", "x"],
        ["export", "r.csv", "--office", "420115001", "--purpose", "registration"],
    ],
)
def test_what_looks_at_a_node_never_makes_an_empty_one_at_a_mistyped_place(run, tmp_path, command):
    told = run(*command, "--data", "mistyped", "--json")
    assert told.exit_code == UNAVAILABLE
    assert json.loads(told.stdout)["error"]["rule"] == "cli.no_node"
    assert not (tmp_path / "mistyped").exists()


def test_the_version_is_told(run):
    assert json.loads(run("version", "--json").stdout)["version"] in run("version").stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Malformed(), BAD_INPUT),
        (StaleVersion(), BAD_INPUT),
        (Tampered(), DIFFERENT),
        (NotTried(), NOT_TRIED),
        (OutOfReach(), UNAVAILABLE),
    ],
)
def test_each_kind_of_error_has_its_exit_status(error, code):
    assert exit_code(error) == code


FAULTS = [Malformed(field="with.sex", rule="code.unknown"), Malformed(field="with.address", rule="text.control")]


def test_people_are_told_every_fault_on_a_line_of_its_own(capsys):
    with click.Context(click.Command("exchange")):
        assert speech.tell_error(Several(FAULTS)) == BAD_INPUT
    told = capsys.readouterr().err.splitlines()
    assert [line.removeprefix("exchange:").split(":")[0].strip() for line in told] == ["with.sex", "with.address"]


def test_machines_are_told_every_fault_in_the_one_object(capsys):
    with click.Context(click.Command("exchange")) as context:
        speech.listen(context, ["--json"])
        speech.tell_error(Several(FAULTS))
    error = json.loads(capsys.readouterr().out)["error"]
    assert [(each["field"], each["rule"]) for each in error["errors"]] == [
        ("with.sex", "code.unknown"),
        ("with.address", "text.control"),
    ]
    assert (error["field"], error["rule"]) == ("with.sex", "code.unknown")
