"""The command line, and the edges composed into one process or many."""

from time import perf_counter

#: When this process began to be Hørt, for the demo to say truthfully how long it took.
BEGAN = perf_counter()
