"""Why an import does not begin."""

from contracts.errors import Invalid


class FileRefused(Invalid):
    """The file is no table that can be read within bounds; the text says why and what to do."""

    code = "file_refused"


class MappingRefused(Invalid):
    """The mapping is wrong, or names columns that the file does not have."""

    code = "mapping_refused"


class RowsRefused(Invalid):
    """Rows are wrong, so that nothing was imported."""

    code = "rows_refused"
