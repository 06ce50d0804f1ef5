"""The area of complaints: one blueprint for the pages of staff and of customers."""

from flask import Blueprint

pages = Blueprint("complaint_pages", __name__)
