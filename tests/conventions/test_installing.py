"""What installs the tools of the tests says what lacks where it cannot."""

import shutil
import subprocess
from pathlib import Path

DEBIAN = Path(__file__).parents[2] / ".ci" / "debian"


def installs(folder: Path) -> subprocess.CompletedProcess[str]:
    """With the commands in that folder alone."""
    bash = str(shutil.which("bash"))
    return subprocess.run(
        [bash, str(DEBIAN), "chromium"], env={"PATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_where_there_is_no_debian_it_says_what_lacks(tmp_path):
    done = installs(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("There is no apt-get here")
    assert done.stderr.endswith("chromium\n")


def test_where_nobody_may_install_it_says_so(tmp_path):
    for name, line in {"apt-get": "true", "id": "echo 1000"}.items():
        (tmp_path / name).write_text(f"#!{shutil.which('bash')}\n{line}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    done = installs(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("You are not root")
    assert done.stderr.endswith("chromium\n")
