"""What installs the tools of the tests says what lacks where it cannot."""

import shutil
import subprocess
from pathlib import Path

from tests.servers.chromium import installed

CI = Path(__file__).parents[2] / ".ci"


def script(folder: Path, name: str, *given: str) -> subprocess.CompletedProcess[str]:
    """With the commands in that folder alone."""
    words = [str(shutil.which("bash")), str(CI / name), *given]
    return subprocess.run(words, env={"PATH": str(folder)}, capture_output=True, text=True, check=False)


def test_where_there_is_no_debian_it_says_what_lacks(tmp_path):
    done = script(tmp_path, "debian", "chromium")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no apt-get here")
    assert done.stderr.endswith("chromium\n")


def stands(folder: Path, **commands: str) -> None:
    """In that folder, each a line of bash."""
    for name, line in commands.items():
        (folder / name).write_text(f"#!{shutil.which('bash')}\n{line}\n", encoding="utf-8")
        (folder / name).chmod(0o755)


def test_where_nobody_may_install_it_says_so(tmp_path):
    stands(tmp_path, **{"apt-get": "true", "id": "echo 1000"})
    done = script(tmp_path, "debian", "chromium")
    assert done.returncode == 1
    assert done.stderr.startswith("You are not root")
    assert done.stderr.endswith("chromium\n")


def test_where_there_is_no_such_package_it_says_so(tmp_path):
    """Ubuntu has its chromium as a snap."""
    stands(tmp_path, **{"apt-get": '[ "$1" = update ]', "id": "echo 0", "env": 'shift; "$@"'})
    done = script(tmp_path, "debian", "chromium")
    assert done.returncode == 1
    assert done.stderr == "apt-get could not install it, so install by hand what does the same as Debian's: chromium\n"


def test_the_browser_of_the_tests_may_be_googles_where_there_is_none_of_debian(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed() is None
    for browser in ("google-chrome", "chromium"):
        stands(tmp_path, **{browser: "true"})
        assert installed() == str(tmp_path / browser)


def test_another_python_than_the_one_that_was_asked_for_is_taken_with_a_word(tmp_path):
    (tmp_path / "file").touch()
    done = script(tmp_path, "environment", str(tmp_path / "file" / "venv"), "python2.7")
    assert done.stderr.startswith("python2.7 is no Python 3.11 or newer, so another is taken.\n")
    assert done.returncode == 1, "nothing can be made beneath a file"
