"""The OpenAPI document and Swagger UI, which comes from an installed package and needs no network."""

from importlib.resources import files
from typing import cast

from flask import Blueprint, Response, current_app, jsonify, render_template
from flask_openapi.openapi import OpenAPI

pages = Blueprint(
    "docs",
    __name__,
    url_prefix="/api/v1",
    static_folder=str(files("flask_openapi_swagger") / "templates" / "swagger"),
    static_url_path="/docs/assets",
)


@pages.get("/openapi.json")
def document() -> Response:
    """The API described in OpenAPI 3.1."""
    return jsonify(cast(OpenAPI, current_app).api_doc)


@pages.get("/docs")
def page() -> str:
    """Swagger UI."""
    return render_template("docs/swagger.html")
