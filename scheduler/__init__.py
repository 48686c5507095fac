"""The clock: APScheduler only ticks; what is due is read from rows."""
