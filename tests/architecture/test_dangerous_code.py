"""What would turn text into code or into markup stands nowhere (TRUST, checks 11, 12 and 19), and no key lies here."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from tests.architecture.source_files import ROOT, product_files

_READERS = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "jsonpickle", "cloudpickle"})
_RUNNERS = frozenset({"eval", "exec", "compile", "__import__"})
_RAW = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false|Markup\(")
MARKUP_OF_OURS = {"gateway/pages/receipts/views.py"}
"""segno's drawing of a number: squares, and nothing that anybody typed."""


def dangerous(tree: ast.Module) -> list[str]:
    """Imports of what unpickles, calls of what runs text, and shells."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in _READERS]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in _READERS:
            found.append(str(node.module))
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in _RUNNERS:
                found.append(node.func.id)
            if any(one.arg == "shell" and getattr(one.value, "value", None) is True for one in node.keywords):
                found.append("shell=True")
    return found


def test_no_module_reads_objects_or_runs_text() -> None:
    assert {file.name: found for file in product_files() if (found := dangerous(file.tree))} == {}


@pytest.mark.parametrize(
    "line", ["import pickle", "from marshal import loads", "eval('1')", "run('ls', shell=True)", "exec(text)"]
)
def test_a_dangerous_line_is_noticed(line: str) -> None:
    assert dangerous(ast.parse(line))


def test_no_template_and_no_page_passes_by_the_escaping() -> None:
    files = [file for folder in ("gateway", "services", "libs") for file in (ROOT / folder).rglob("*")]
    looked_at = [
        file
        for file in files
        if file.suffix in (".html", ".txt", ".py", ".svg") and "static" not in file.parts
    ]
    assert len(looked_at) > 200
    raw = {
        file.relative_to(ROOT).as_posix()
        for file in looked_at
        if _RAW.search(file.read_text(errors="replace"))
    }
    assert raw == MARKUP_OF_OURS


KEYS_OF_A_KNOWN_FORM = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "GitLabTokenDetector", "IbmCloudIamDetector", "JwtTokenDetector", "MailchimpDetector",
    "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector",
    "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
)  # fmt: skip
MADE_UP = frozenset(
    {
        "REPLACE",
        "postgres",
        "reports",
        "a%2Fb%40c",
        "x",
        "nothing",
        "password",
        "secret",
        "s3cret",
        "p%40ss",
        "guest",
        "a-long-secret",
        "wrong",
        "b",
        "p",
    }
)
"""Passwords of addresses in examples and tests."""


def kept_files() -> list[Path]:
    """Every text file that git keeps."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [
        path for path in paths if path.is_file() and path.suffix not in (".png", ".xlsx", ".lock", ".ttf")
    ]


def secrets_in(path: Path) -> set[str]:
    """Kinds and lines of keys of a known form in a file."""
    with transient_settings({"plugins_used": [{"name": name} for name in KEYS_OF_A_KNOWN_FORM]}):
        found = scan_file(str(path))
        return {f"{one.type} in line {one.line_number}" for one in found if one.secret_value not in MADE_UP}


def test_no_key_of_a_known_form_lies_in_the_repository() -> None:
    files = kept_files()
    if not files:
        pytest.skip("this is no checkout of git")
    assert {str(path.relative_to(ROOT)): found for path in files if (found := secrets_in(path))} == {}


def test_a_key_is_noticed(tmp_path: Path) -> None:
    lying = tmp_path / "settings.py"
    lying.write_text('AWS = "AKIA' + 'IOSFODNN7EXAMPLX"\nKEY = """-----BEGIN RSA ' + 'PRIVATE KEY-----"""\n')
    assert len(secrets_in(lying)) == 2
