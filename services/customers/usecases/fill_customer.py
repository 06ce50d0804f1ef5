"""Write the fields of a customer's form into the row."""

from collections.abc import Collection
from datetime import date

from chassis.field_keys import FieldKeys
from contracts.calls.customers import CustomerFields
from customers.domain.masking import is_masked
from customers.domain.places import require_locale
from customers.domain.refusals import BirthInFuture, IdNumberMasked
from customers.tables import Customer

_LINES = {
    "id_type": "id_type", "house_name": "house_name", "street": "street", "area": "area",
    "district": "district", "state": "province", "country": "country", "postal_code": "postal_code", "notes": "notes",
}  # fmt: skip
"""Fields of text and their columns; an empty text empties them, null leaves them."""


def fill_customer(
    customer: Customer, fields: CustomerFields, given: Collection[str], today: date, keys: FieldKeys
) -> None:
    """Take over what is given; e-mail, mobile and date of birth may be emptied by null.

    Raises UnknownLocale, BirthInFuture, IdNumberMasked.
    """
    for field, column in _LINES.items():
        text = getattr(fields, field)
        setattr(customer, column, (getattr(customer, column) or "") if text is None else text)
    if "email" in given:
        customer.email = fields.email
    if "mobile" in given:
        customer.set_mobile(fields.mobile)
    if fields.locale is not None:
        customer.locale = require_locale(fields.locale)
    if "date_of_birth" in given:
        if fields.date_of_birth is not None and fields.date_of_birth > today:
            raise BirthInFuture("The date of birth lies in the future.", field="date_of_birth")
        customer.date_of_birth = fields.date_of_birth
    if fields.id_number is not None:
        _take_id_number(customer, fields.id_number, keys)


def _take_id_number(customer: Customer, number: str, keys: FieldKeys) -> None:
    """A number that comes back as it was shown stays as it is."""
    if is_masked(number):
        if number != customer.shown_id_number():
            raise IdNumberMasked(
                "Type the whole number; the dots only stand for what is not shown.", field="id_number"
            )
    elif number != customer.id_number(keys):
        customer.set_id_number(number, keys)
