"""Writes the settings table of README.md, between its two marks, from chassis.settings.

`make settings-table` runs it; a test compares its outcome with the file.
"""

import sys
from pathlib import Path
from typing import Any

from chassis.settings import Settings

BEGIN = "<!-- settings: written by `make settings-table` -->"
END = "<!-- end of settings -->"


def table() -> str:
    """One row for each setting: variable, default, meaning."""
    rows = ["| variable | default | |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `HEADEND_{name.upper()}` | {_default(field.default)} | {field.description} |")
    return "\n".join(rows)


def with_table(readme: str) -> str:
    """The README with a fresh table between its marks. Raises ValueError where the marks are missing."""
    before, found, rest = readme.partition(BEGIN)
    _, also_found, after = rest.partition(END)
    if not (found and also_found):
        raise ValueError(f"README.md has lost its marks {BEGIN} and {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _default(value: Any) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{getattr(value, 'value', value)}`"


def main(arguments: list[str]) -> None:
    """Rewrite the named README in place."""
    (target,) = arguments
    readme = Path(target)
    readme.write_text(with_table(readme.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
