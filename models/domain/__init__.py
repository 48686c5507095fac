"""The rules of Hørt: standard library only, no I/O, no await, no clock, no randomness; time is an argument."""
