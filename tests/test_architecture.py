"""The house rules that no linter checks."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.ROOT)
TOP = {
    *("rrmm", "streams", "models", "experts", "config", "tests", "docker-compose.yml"),
    *("pyproject.toml", "bench", "docs", "locale", "requirements", ".ci", "manage.py", "Makefile"),
    *("Dockerfile", ".dockerignore", ".gitignore", ".gitattributes"),
    *("README.md", "LICENSE", "NOTICE", "CHANGELOG.md", "CONTRIBUTING.md"),
}


def tracked() -> list[Path]:
    found = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(line) for line in found.stdout.splitlines()]


def sources() -> list[Path]:
    return [p for p in tracked() if p.suffix == ".py" and "migrations" not in p.parts]


def test_the_top_level_holds_what_was_agreed_and_nothing_else() -> None:
    assert {path.parts[0] for path in tracked()} <= TOP


def test_no_code_hides_in_init_files() -> None:
    for path in sources():
        if path.name == "__init__.py":
            body = ast.parse((ROOT / path).read_text()).body
            kinds = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
            assert all(isinstance(node, kinds) for node in body), path


def test_files_stay_short_enough_to_read() -> None:
    long = {str(p): n for p in sources() if (n := len((ROOT / p).read_text().splitlines())) > 300}
    assert not long


def test_functions_stay_short_enough_to_read() -> None:
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > 50:
                    long[f"{path}:{node.name}"] = length
    assert not long


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    silent = [
        str(path)
        for path in sources()
        if path.name != "__init__.py"
        and not ast.get_docstring(ast.parse((ROOT / path).read_text()))
    ]
    assert not silent


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.I)
    pages = [p for p in tracked() if p.suffix == ".html" and "mail" not in p.parts]
    found = [f"{p}" for p in pages if inline.search((ROOT / p).read_text())]
    assert not found


def test_no_page_asks_another_host() -> None:
    elsewhere = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//", re.I)
    pages = [p for p in tracked() if p.suffix in {".html", ".css", ".js"}]
    pages = [p for p in pages if "mail" not in p.parts and p.parts[0] != "tests"]
    found = [f"{p}" for p in pages if elsewhere.search((ROOT / p).read_text())]
    assert not found


def test_requirements_are_hashed_and_name_no_index() -> None:
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "--hash=sha256:" in text
        assert not re.search(
            r"^\s*(--index-url|--extra-index-url|--find-links|-i )|://", text, re.M
        )


def test_every_setting_is_explained() -> None:
    named = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config/settings.py").read_text()))
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/settings.md").read_text()))
    assert named <= told, sorted(named - told)


@pytest.mark.django_db
def test_the_generated_documents_are_up_to_date() -> None:
    call_command("document", "--check")
