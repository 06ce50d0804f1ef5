"""People and places: branches, staff, customers, addresses, sign-in and complaints."""
