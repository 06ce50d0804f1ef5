"""For those who operate Headend: what is running, and what is stuck."""
