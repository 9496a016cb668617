"""Pages from records and executed notebooks."""
