"""Searches that lead straight to one page: the number of a paper, and a CRF number with a year."""

import re

from flask import url_for

from contracts.actor import Right
from contracts.calls.billing import GetInvoice, GetPayment, PaymentView
from contracts.calls.customers import ListCustomers
from contracts.cards import InvoiceSnapshot
from contracts.errors import Forbidden, NotFound, Refusal
from gateway.pages.places import may
from gateway.rpc import ask, ask_each

_PAPER = re.compile(r"^[A-Z0-9]{2,8}-(?:19|20)\d\d-\d{6,12}$", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(r"^(\S{1,40})\s+((?:19|20)\d\d)$", re.ASCII)


def jump(search: str) -> str | None:
    """The address that the search names, for those who see money; None when it is to be searched for.

    A payment and an invoice may have the same number (each is counted for itself). Where they are of different
    customers the invoice counts: its number is the one that is scanned. Raises Refusal when a service is away.
    """
    if not may(Right.SEE_MONEY):
        return None
    if _PAPER.match(search):
        return _of_paper(search.upper())
    with_year = _YEAR.match(search)
    return _of_year(*with_year.groups()) if with_year else None


def _of_paper(number: str) -> str | None:
    answers = ask_each(GetInvoice(number=number), GetPayment(payment_number=number))
    for answer in answers:
        if isinstance(answer, InvoiceSnapshot | PaymentView):
            return url_for("customer_pages.show", customer_id=answer.customer_id)
    for answer in answers:
        if isinstance(answer, Refusal) and not isinstance(answer, NotFound | Forbidden):
            raise answer
    return None


def _of_year(crf: str, year: str) -> str | None:
    found = ask(ListCustomers(search=crf, limit=1))
    if found.items and found.items[0].crf.casefold() == crf.casefold():
        return url_for("year_pages.months", customer_id=found.items[0].id, year=year)
    return None
