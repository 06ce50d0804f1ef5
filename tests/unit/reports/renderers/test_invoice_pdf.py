import io
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from contracts.cards import FeeCategory, Party, Service
from reports.renderers.invoice_pdf import render_invoice
from tests.unit.reports.renderers.paper_builders import invoice, line, pages_of, text_of

LANGUAGES = ("en", "fr", "id", "pl", "zh_Hant", "fa")
NAMES = ("Zażółć Gęślą-Jaźń", "王小明", "علی رضایی", "Fish & Chips <Ltd", "Nguyễn Thị Ánh", "O'Neil (\\)")


def test_the_text_of_an_invoice_can_be_read_back() -> None:
    text = text_of(render_invoice(invoice(line(), line("2026-06", 12_550, partial=True)), "en"))
    for part in (
        *(
            "Kerala Cable",
            "MG Road",
            "32AABCK1234F1Z5",
            "Anitha Kumari",
            "CRF-10021",
            "MAIN-2026-000001",
            "12 May 2026",
        ),
        *("P-77", "Online", "UPI-4567", "Joseph", "Cable TV — Basic 120", "May 2026", "250.00"),
        *(
            "part of June 2026",
            "125.50",
            "₹375.50",
            "Three hundred and seventy-five Indian rupees and fifty paise",
        ),
    ):
        assert part in text


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_prints_and_reads_back_in_every_language(name: str, locale: str) -> None:
    assert name in text_of(render_invoice(invoice(buyer=name), locale))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_the_amount_stands_in_plain_form_in_every_language(locale: str) -> None:
    assert "INR 250.00" in text_of(render_invoice(invoice(), locale))


def test_labels_are_in_the_language_asked_for() -> None:
    for locale, word in zip(
        LANGUAGES, ("Invoice", "Facture", "Faktur", "Faktura", "發票", "فاکتور"), strict=True
    ):
        assert word in text_of(render_invoice(invoice(), locale))


def test_an_unknown_language_is_english() -> None:
    assert "Invoice" in text_of(render_invoice(invoice(), "tlh"))


def test_a_fee_names_its_category() -> None:
    fee = line(category=FeeCategory.LATE, service=Service.BROADBAND)
    assert "Late fee — Broadband" in text_of(render_invoice(invoice(fee), "en"))


def test_a_void_invoice_says_so() -> None:
    assert "VOID" in text_of(render_invoice(invoice(voided=True), "en"))
    assert "VOID" not in text_of(render_invoice(invoice(), "en"))


def test_many_lines_go_over_pages_that_are_counted() -> None:
    lines = [line(f"2026-{number % 12 + 1:02d}", 100 + number) for number in range(100)]
    pages = pages_of(render_invoice(invoice(*lines), "en"))
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "MAIN-2026-000001" in page
    assert "Amount in words" in pages[-1]
    for number in range(100):
        assert f"{(100 + number) / 100:.2f}" in "\n".join(pages)


@pytest.mark.parametrize("count", range(8, 45))
def test_the_total_never_stands_without_a_line_of_the_table(count: int) -> None:
    pages = pages_of(render_invoice(invoice(*[line() for _ in range(count)]), "en"))
    assert sum(page.count("Cable TV — Basic 120") for page in pages) == count
    assert "Cable TV — Basic 120" in pages[-1]


def test_the_same_invoice_is_the_same_file() -> None:
    assert render_invoice(invoice(), "en") == render_invoice(invoice(), "en")


def test_the_file_says_what_it_is() -> None:
    reader = PdfReader(io.BytesIO(render_invoice(invoice(), "en")))
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice MAIN-2026-000001"
    assert reader.metadata.author == "Kerala Cable"
    assert round(float(reader.pages[0].mediabox.width)) == 595


def test_an_invoice_without_lines_or_address_still_prints() -> None:
    nobody = Party(name="")
    bare = invoice(received_by="").model_copy(update={"lines": (), "seller": nobody, "buyer": nobody})
    assert "MAIN-2026-000001" in text_of(render_invoice(bare, "fa"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300), st.sampled_from(LANGUAGES))
def test_no_text_breaks_an_invoice(text: str, locale: str) -> None:
    party = Party.model_construct(name=text, lines=(text,) * 3, tax_id=text, reference=text)
    odd = invoice().model_copy(
        update={"seller": party, "buyer": party, "received_by": text, "payment_reference": text}
    )
    assert "MAIN-2026-000001" in text_of(render_invoice(odd, locale))


def test_a_stray_surrogate_in_the_sellers_name_does_not_break_the_invoice() -> None:
    party = Party.model_construct(name="\ud800 Cable", lines=(), tax_id="", reference="")
    assert "MAIN-2026-000001" in text_of(render_invoice(invoice().model_copy(update={"seller": party}), "en"))


def test_a_name_of_two_hundred_thousand_characters_prints_as_one_page() -> None:
    for name in ("<b>" * 70_000, "علی\x00" * 50_000, "😀王" * 100_000):
        assert len(pages_of(render_invoice(invoice(buyer=name), "en"))) == 1


def test_invoices_can_be_drawn_by_threads_at_once() -> None:
    snapshots = [(invoice(buyer=name), locale) for name in NAMES for locale in LANGUAGES]
    alone = [render_invoice(*each) for each in snapshots]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda each: render_invoice(*each), snapshots)) == alone


def test_an_invoice_can_be_drawn_by_another_process() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert processes.submit(render_invoice, invoice(), "fa").result() == render_invoice(invoice(), "fa")
