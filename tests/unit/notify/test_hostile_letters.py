"""What people type reaches mails as text (TRUST, checks 11 to 13): nothing is fetched while a mail is written, and
nothing in it is an element of theirs.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from notify.letters import LETTERS
from tests.unit.notify.builders import SAMPLE_OF_TEMPLATE, named
from tests.unit.notify.test_templates import Tags, made


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the paths that were fetched from it."""
    fetched: list[str] = []

    class Fetched(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Fetched)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", fetched
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("template", sorted(LETTERS))
def test_no_name_brings_an_element_into_a_mail_or_lets_one_be_fetched(
    canary: tuple[str, list[str]], template: str
) -> None:
    address, fetched = canary
    name = f'<link rel="stylesheet" href="{address}/x.css"><style>@import url({address}/y.css)</style><object data=x>'
    sample = SAMPLE_OF_TEMPLATE[template]
    changed: dict[str, Any] = {"customer": named(name, crf="1001")}
    if hasattr(sample, "name"):
        changed["name"] = name
    written = made(template, "en", sample.model_copy(update=changed))
    plain = {tag for tag, _ in Tags(made(template).html).found}
    assert {tag for tag, _ in Tags(written.html).found} <= plain
    assert fetched == []
