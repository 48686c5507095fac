"""The figures: periods, statistics, the heard indicator and its course over time, as pure functions of counts."""
