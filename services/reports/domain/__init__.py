"""Pure rules of paper: what a report holds, its totals, and what may stand in a cell of a workbook."""
