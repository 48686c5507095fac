"""Deeds: the only writes. One transaction each, told who, what and now."""
