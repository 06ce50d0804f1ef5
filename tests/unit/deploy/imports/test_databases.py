"""An import opens the services' databases without the services."""

import pytest

from deploy.house import service_class
from deploy.imports.databases import APPEND_ONLY


@pytest.mark.parametrize("service", ["customers", "billing"])
def test_an_import_guards_the_tables_that_the_service_guards(service: str) -> None:
    assert APPEND_ONLY[service] == service_class(service).append_only
