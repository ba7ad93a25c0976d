"""What installs the tools of the tests says what lacks where it cannot."""

import shutil
import subprocess
from pathlib import Path

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


def test_where_nobody_may_install_it_says_so(tmp_path):
    for name, line in {"apt-get": "true", "id": "echo 1000"}.items():
        (tmp_path / name).write_text(f"#!{shutil.which('bash')}\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = script(tmp_path, "debian", "chromium")
    assert done.returncode == 1
    assert done.stderr.startswith("You are not root")
    assert done.stderr.endswith("chromium\n")


def test_another_python_than_the_one_that_was_asked_for_is_taken_with_a_word(tmp_path):
    (tmp_path / "file").touch()
    done = script(tmp_path, "environment", str(tmp_path / "file" / "venv"), "python2.7")
    assert done.stderr.startswith("python2.7 is no Python 3.11 or newer, so another is taken.\n")
    assert done.returncode == 1, "nothing can be made beneath a file"
