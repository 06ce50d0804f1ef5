"""QR codes that a bank's or UPI app reads: where to, how much, what for."""

from urllib.parse import quote, urlencode

from contracts.calls.online_payments import OnlinePaymentView

_NAME, _TEXT = 70, 140
"""Longest name and text of an EPC code."""


def upi_link(one: OnlinePaymentView) -> str | None:
    """The address that opens a UPI app with everything filled in; None where it cannot be paid so."""
    if not one.pay_to.upi_id or one.amount.currency != "INR":
        return None
    fields = {
        "pa": one.pay_to.upi_id,
        "pn": one.pay_to.account_name,
        "am": one.amount.decimal_text(),
        "cu": "INR",
        "tr": one.code,
        "tn": f"{one.crf} {one.code}",
    }
    return f"upi://pay?{urlencode({name: text for name, text in fields.items() if text}, quote_via=quote)}"


def epc_text(one: OnlinePaymentView) -> str | None:
    """A SEPA transfer as the European Payments Council writes it (EPC069-12, version 002); euro only."""
    if not one.pay_to.iban or one.amount.currency != "EUR" or not one.pay_to.account_name:
        return None
    lines = (
        "BCD", "002", "1", "SCT", one.pay_to.bic, one.pay_to.account_name[:_NAME], one.pay_to.iban,
        f"EUR{one.amount.decimal_text()}", "", "", f"{one.code} {one.crf}"[:_TEXT],
    )  # fmt: skip
    return "\n".join(lines)
