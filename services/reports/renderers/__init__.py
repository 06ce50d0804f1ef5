"""Drawing on paper: invoices and reports as PDF and workbooks, from plain values and in any script."""
