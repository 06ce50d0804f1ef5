"""The area of reminders: one blueprint for the list, runs, promises, previews and schedules."""

from flask import Blueprint

pages = Blueprint("reminder_pages", __name__)
