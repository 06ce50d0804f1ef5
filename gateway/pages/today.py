"""The business date, for pages that begin with this month or year."""

from datetime import date

from flask import current_app

from chassis.clock import Clock


def today(time_zone: str = "UTC") -> date:
    """Today in a time zone, or the date that HEADEND_TODAY pins."""
    clock: Clock = current_app.extensions["headend.clock"]
    return clock.today(time_zone)
