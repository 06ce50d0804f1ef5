"""Markup in what people type is printed and never carried out (TRUST, checks 12 to 14): nothing is fetched, no file of
the machine comes in, no link runs a script.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from contracts.cards import InvoiceSnapshot, Party
from reports.renderers.invoice_pdf import render_invoice
from reports.renderers.report_pdf import render_report_pdf
from tests.unit.reports.renderers.paper_builders import header, invoice, line, row, text_of

RED_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
"""A picture of one pixel."""
ACTIONS = frozenset(
    {
        "/URI",
        "/JS",
        "/JavaScript",
        "/Launch",
        "/OpenAction",
        "/AA",
        "/EmbeddedFiles",
        "/Annots",
        "/SubmitForm",
    }
)
"""Keys in a PDF of what happens when it is opened or clicked."""


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the paths that were fetched from it."""
    fetched: list[str] = []

    class Fetched(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fetched.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(RED_DOT)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Fetched)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", fetched
    server.shutdown()
    server.server_close()


def markup(address: str, file: Path) -> tuple[str, ...]:
    """What would fetch an address, read a file or run a script, wherever it were carried out."""
    return (
        f'<img src="{address}/img.png" width="9" height="9"/>', f'<img src="{file}" width="9" height="9"/>',
        f'<img src="file://{file}"/>', f'<link rel="stylesheet" href="{address}/style.css">',
        f'<style>@import url("{address}/import.css");</style>', f'<a href="{address}/link">x</a>',
        '<a href="javascript:alert(1)">x</a>', '<link href="javascript:app.alert(1)">x</link>',
        '<para><font name="../../etc/passwd">x</font></para>', "{{7*7}}", "{{''.__class__.__mro__}}", "${7*7}",
        "<onDraw name=x label=y/>", "Fish & Chips <Ltd", "%PDF-1.4 /JS (app.alert)",
        ") Tj /F1 ( <</URI (javascript:x)>>",
    )  # fmt: skip


def typed_everywhere(text: str) -> InvoiceSnapshot:
    """An invoice with the text wherever people type something."""
    party = Party(name=text, lines=(text, text), tax_id=text, reference=text)
    return invoice(
        line(plan_name=text), seller=party, buyer=text, received_by=text, payment_reference=text
    ).model_copy(update={"buyer": party})


def actions(pdf: Path) -> list[str]:
    """Everything in the file that does something when it is opened or clicked, and every picture in it."""
    found: list[str] = []
    seen: set[int] = set()

    def look(value: Any) -> None:
        if isinstance(value, IndirectObject):
            if value.idnum in seen:
                return
            seen.add(value.idnum)
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            found.extend(sorted(ACTIONS & value.keys()))
            if value.get("/Subtype") == "/Image":
                found.append("a picture")
            for inner in value.values():
                look(inner)
        elif isinstance(value, ArrayObject):
            for inner in value:
                look(inner)

    look(PdfReader(pdf).trailer)
    return found


def test_an_invoice_carries_out_no_markup(canary: tuple[str, list[str]], tmp_path: Path) -> None:
    address, fetched = canary
    file = tmp_path / "secret.png"
    file.write_bytes(RED_DOT)
    for number, text in enumerate(markup(address, file)):
        pdf = tmp_path / f"{number}.pdf"
        pdf.write_bytes(render_invoice(typed_everywhere(text), "en"))
        assert actions(pdf) == [], text
        printed = "".join(text_of(pdf.read_bytes()).split())
        assert "".join(text.split())[:20] in printed, "it is printed as it was typed"
    assert fetched == []


def test_a_report_carries_out_no_markup(canary: tuple[str, list[str]], tmp_path: Path) -> None:
    address, fetched = canary
    file = tmp_path / "secret.png"
    file.write_bytes(RED_DOT)
    texts = markup(address, file)
    rows = [
        row(number, customer=text, area=text, plan=text, mobile=text) for number, text in enumerate(texts)
    ]
    pdf = tmp_path / "report.pdf"
    render_report_pdf(header(len(rows), branch=texts[0]), rows, pdf)
    assert actions(pdf) == []
    assert fetched == []


def test_what_would_be_carried_out_is_noticed(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "x.pdf"))
    canvas.drawString(9, 9, "x")
    canvas.linkURL("javascript:alert(1)", (0, 0, 9, 9))
    canvas.save()
    assert actions(tmp_path / "x.pdf") == ["/Annots", "/URI"]


def test_the_drawing_library_refuses_addresses_by_itself() -> None:
    assert tuple(map(int, version("reportlab").split(".")[:2])) >= (5, 1)
