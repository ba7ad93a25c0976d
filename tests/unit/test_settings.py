"""Settings come from defaults, a file and the environment, and every wrong one is named at once."""

import pytest

from exchange.settings import Settings, SettingsWrong, load, settings


def test_what_nobody_sets_has_a_default():
    assert load() == Settings()


def test_the_environment_overrides_the_file(tmp_path):
    file = tmp_path / "exchange.toml"
    file.write_text('serves = ["42"]\nport = 9000\n[deadlines.answers.inflow]\nother_province = 20\n')
    environment = {"EXCHANGE_PORT": "9001", "EXCHANGE_DEMO": "true", "EXCHANGE_PEERS": "11, 31", "PATH": ""}
    found = load(file, environment)
    assert (found.serves, found.port, found.demo, found.peers) == (("42",), 9001, True, ("11", "31"))
    assert found.deadlines == {"answers": {"inflow": {"other_province": 20}}}


def test_every_wrong_value_is_named():
    with pytest.raises(SettingsWrong) as wrong:
        settings(port=0, lookups_per_hour=0, serves=("4x",), speed="fast", demo="perhaps")
    assert set(wrong.value.problems) == {"port", "lookups_per_hour", "serves", "speed", "demo"}


def test_days_of_an_area_that_are_no_list_are_told_what_is_expected():
    with pytest.raises(SettingsWrong) as wrong:
        settings(regional={"65": "2026-05-27"})
    assert wrong.value.problems["regional"].rule == "settings.days"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EXCHANGE_PORT", "many"),
        ("EXCHANGE_DEADLINES", '{"answers": {"inflow": 0}}'),
        ("EXCHANGE_DEADLINES", "{"),
        ("EXCHANGE_REGIONAL", '{"65": ["27 May"]}'),
        ("EXCHANGE_REGIONAL", '{"nowhere": ["2026-05-27"]}'),
        ("EXCHANGE_REGIONAL", '{"65": "2026-05-27"}'),
        ("EXCHANGE_NO_SUCH", "1"),
        ("EXCHANGE_DEMO", "perhaps"),
        ("EXCHANGE_BROKER_URL", "kafka://somewhere"),
        ("EXCHANGE_BROKER_URL", "redis"),
        ("EXCHANGE_BROKER_URL", "redis://here:many/0"),
        ("EXCHANGE_BROKER_URL", "redis://here/first"),
        ("EXCHANGE_BROKER_URL", "amqp://here;amqp://there:many"),
        ("EXCHANGE_DATABASE_URL", "postgresql://here:many/exchange"),
        ("EXCHANGE_DEMO_CLOCK", "clock.json"),
    ],
)
def test_a_wrong_variable_is_named(name, text):
    with pytest.raises(SettingsWrong) as wrong:
        load(environment={name: text})
    assert wrong.value.field == name.removeprefix("EXCHANGE_").lower()


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("broker_url", "redis://here"),
        ("broker_url", "rediss://:word@here:6380/3"),
        ("broker_url", "amqp://us:word@here:5672;amqp://us:word@there:5672"),
        ("database_url", "postgresql://us:w/o#r?d@here:5432/exchange"),
        ("database_url", "postgresql://us@here,there/exchange?target_session_attrs=read-write"),
        ("database_url", "postgresql+psycopg://us@/exchange?host=/run/postgresql"),
    ],
)
def test_an_address_that_its_client_understands_is_taken(name, address):
    assert getattr(settings(**{name: address}), name) == address


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"serves = [", 1), (b"\nserves = 1 2\n", 2), (b"\n\nserves = [\n", 4), (b"a = 1\nb = '\xff'\n", 2)],
)
def test_a_file_that_is_no_toml_is_named_with_the_line(tmp_path, text, line):
    file = tmp_path / "exchange.toml"
    file.write_bytes(text)
    with pytest.raises(SettingsWrong) as wrong:
        load(file)
    found = wrong.value.problems[str(file)]
    assert (found.rule, found.details) == ("settings.toml", {"line": line})
