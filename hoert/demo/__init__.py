"""The demo: seven municipalities with invented people, a phone beside a desk, and a clock that can be moved."""
