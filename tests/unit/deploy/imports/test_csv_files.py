"""What a CSV file may be, and what is refused before anything is stored."""

from pathlib import Path

import pytest

from deploy.imports import limits
from deploy.imports.refusals import FileRefused
from deploy.imports.source_tables import SourceRow, open_table


def rows_of(path: Path) -> list[SourceRow]:
    with open_table(path) as table:
        return list(table.rows)


def csv_file(folder: Path, content: bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    content = f"crf{delimiter}name\n7{delimiter}Ann\n".encode()
    assert rows_of(csv_file(tmp_path, content)) == [SourceRow(2, {"crf": "7", "name": "Ann"})]


def test_a_byte_order_mark_belongs_to_no_column(tmp_path: Path) -> None:
    assert rows_of(csv_file(tmp_path, b"\xef\xbb\xbfcrf\n7\n")) == [SourceRow(2, {"crf": "7"})]


def test_a_delimiter_inside_quotation_marks_parts_nothing(tmp_path: Path) -> None:
    found = rows_of(csv_file(tmp_path, b'"a;b;c",d\n1,2\n'))
    assert found == [SourceRow(2, {"a;b;c": "1", "d": "2"})]


def test_blank_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    assert [row.number for row in rows_of(csv_file(tmp_path, b"crf,name\n1,a\n,\n\n2,b\n"))] == [2, 5]


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "file.csv", "is empty"),
        (b"\n\n", "file.csv", "has no header"),
        (b"crf\n1\n", "file.xls", 'ends in ".xls"'),
        (b"crf\n1\n", "file", 'ends in "nothing"'),
        ("crf;name\n1;Zoë\n".encode("latin-1"), "file.csv", "line 2 holds the byte 0xEB"),
        ("crf\n1\n".encode("utf-16"), "file.csv", "UTF-16"),
        (b"PK\x03\x04....", "file.csv", "a workbook or a zip file"),
        (b"PK\x03\x04....", "file.xlsx", "is not a workbook"),
        (b"crf,name\n", "file.xlsx", "is not a workbook"),
        (
            ",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n1\n",
            "file.csv",
            "500 columns",
        ),
        (b"c," * 5_000_000 + b"\n", "file.csv", "longer than"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(
    tmp_path: Path, content: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(FileRefused, match=sentence.replace("(", r"\(")):
        rows_of(csv_file(tmp_path, content, name))


def test_a_row_with_more_or_fewer_cells_than_the_header_is_named(tmp_path: Path) -> None:
    short, long = rows_of(csv_file(tmp_path, b"crf,name,mobile\n1,Ann\n2,Bob,5,Smith & Sons\n"))
    assert short.problem is not None
    assert "ends before the column mobile" in short.problem
    assert long.problem is not None
    assert "has 4 cells where the header has 3" in long.problem


def test_a_quotation_mark_that_is_never_closed_spoils_its_row_only(tmp_path: Path) -> None:
    good, bad = rows_of(csv_file(tmp_path, b'crf,name\n1,Ann\n2,"Bob\n3,Eve\n'))
    assert good.problem is None
    assert bad.problem == "cannot be read: its quotation marks do not match"


def test_a_cell_of_a_megabyte_is_read_so_that_its_row_can_be_named(tmp_path: Path) -> None:
    (row,) = rows_of(csv_file(tmp_path, b"crf,name\n1," + b"x" * 1_000_000 + b"\n"))
    assert (row.number, len(row.cells["name"])) == (2, 1_000_000)


def test_a_file_with_too_many_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 3)
    assert len(rows_of(csv_file(tmp_path, b"crf\n1\n2\n3\n"))) == 3
    with pytest.raises(FileRefused, match="more than 3 rows"):
        rows_of(csv_file(tmp_path, b"crf\n1\n2\n3\n4\n"))


def test_a_file_with_too_many_bytes_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 5)
    with pytest.raises(FileRefused, match="at most 5 are read"):
        rows_of(csv_file(tmp_path, b"crf\n1\n2\n"))
