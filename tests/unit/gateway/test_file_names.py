"""The name of a download stays in its header and in the folder where it is saved (TRUST, check 17)."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from gateway.files import file_response


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
@example("../../etc/passwd")
@example("..\\..\\boot.ini")
@example('a"; filename="b.exe')
@example("a\r\nSet-Cookie: a=b")
@example("\u202egpj.exe")
@example("x" * 300)
@example("請款單 2026.pdf")
def test_no_file_name_leaves_its_header_or_its_folder(name: str) -> None:
    headers = file_response(b"", name, "application/pdf").headers
    said = headers["Content-Disposition"]
    kind, options = parse_options_header(said)
    assert kind == "attachment" and set(options) == {"filename"} and "Set-Cookie" not in headers
    assert said.isascii() and said.isprintable() and len(said) < 1_600
    assert not set(options["filename"]) & set("/\\\r\n\x00") and len(options["filename"]) <= 120


@pytest.mark.parametrize(
    ("name", "saved"), [("Zażółć.pdf", "Zażółć.pdf"), ("a/b.csv", "a_b.csv"), ("plain.pdf", "plain.pdf")]
)
def test_a_name_is_saved_with_its_letters(name: str, saved: str) -> None:
    _, options = parse_options_header(
        file_response(b"", name, "application/pdf").headers["Content-Disposition"]
    )
    assert options["filename"] == saved
