"""The process that draws one report: `python -m reports.renderers.worker FOLDER PARENT` (reports.drawing starts it).

It ends when its parent does.
"""

import json
import os
import sys
from pathlib import Path

from contracts.calls.reports import ReportFormat
from reports.drawing import HEADER, JOB, PROGRESS, ROWS, read_rows


def main(folder: Path, parent: int) -> None:
    """Draw the report that the folder's job describes. Raises what the renderers raise."""
    job = json.loads((folder / JOB).read_text())
    if job["format"] == ReportFormat.PDF.value:
        from reports.renderers.report_pdf import render_report_pdf as render
    else:
        from reports.renderers.report_xlsx import render_report_xlsx as render

    def progress(done: int) -> None:
        if os.getppid() != parent:
            sys.exit("The process that asked for this report is gone.")
        (folder / PROGRESS).write_text(str(done))

    render(HEADER.validate_python(job["header"]), read_rows(folder / ROWS), folder / job["report"], progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
