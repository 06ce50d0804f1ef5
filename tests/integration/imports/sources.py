"""Where the two real sources lie: HEADEND_SHARED_DATA, else beside the repository."""

import os
from pathlib import Path

SHARED_DATA = Path(
    os.environ.get("HEADEND_SHARED_DATA") or Path(__file__).parents[3].parent / "shared" / "data"
)
TELCO = SHARED_DATA / "telco-customers.csv"
CTVMS = SHARED_DATA / "ctvms-access-export"
TELCO_MAPPING = Path(__file__).with_name("telco.yaml")
