"""The blueprint that the modules of this area put their pages on."""

from flask import Blueprint

pages = Blueprint("settings_pages", __name__, url_prefix="/settings")
