"""The API for outside systems: the same deeds and views as the desk, as JSON, described by one table of operations."""
