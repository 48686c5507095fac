"""The command line, and the edges composed into one process or many."""
