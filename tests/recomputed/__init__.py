"""Headline numbers worked out a second time, from the stored tables alone; see ``test_recomputed``."""
