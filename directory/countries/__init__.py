"""What is particular to one country of return, as data."""
