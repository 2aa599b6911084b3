"""The sections of the page of calls, a file each."""
