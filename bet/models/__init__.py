"""Arithmetic: no records, no pictures."""
