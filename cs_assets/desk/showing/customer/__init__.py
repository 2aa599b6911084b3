"""The sections of the page of one customer, a file each."""
