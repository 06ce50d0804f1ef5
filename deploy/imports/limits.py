"""How much of a file is read: an import takes bounded memory and time, whatever lies in the file."""

FILE_BYTES = 200_000_000
LINE_BYTES = 8_000_000
"""A CSV line; a cell of a megabyte is still read, so that its row can be named."""
ROWS = 500_000
COLUMNS = 500
MAPPING_BYTES = 200_000

SHEET_BYTES = 600_000_000
"""A worksheet unpacked; it is read row by row."""
PART_BYTES = 80_000_000
"""Any other part of a workbook unpacked; the shared texts are held in memory."""
PARTS = 2_000
PROLOG_BYTES = 65_536
"""Within so many bytes of an XML part its first element begins."""
SUSPICIOUS_BYTES = 10_000_000
RATIO = 150
"""Above SUSPICIOUS_BYTES, a part that grows by more than this is no table that people typed."""

PROBLEMS_SHOWN = 50
CHUNK = 500
"""Rows of one transaction."""
INVITED_AT_ONCE = 100
