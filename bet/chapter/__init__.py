"""What a notebook says: charts, cards, prose, panels, and what its outputs hold."""
