"""The files that the conventions are about."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("events", "exchange", "schemas", "workers")


def modules() -> list[Path]:
    """Every Python module of the product, tests left aside."""
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def inside(path: Path) -> str:
    """The path as people name it, from the root of the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=inside(path))


def committed_texts() -> Iterator[tuple[str, str]]:
    """Every committed file that is text, with its content."""
    git = shutil.which("git")
    assert git is not None, "the conventions are about committed files, so git must be there"
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = ROOT / name
        content = path.read_bytes() if path.is_file() else b""
        if b"\0" not in content:
            yield name, content.decode("utf-8")


def documents() -> list[Path]:
    """What people read: the README in both languages and everything in docs."""
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
