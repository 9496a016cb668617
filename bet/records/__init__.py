"""What we hold: claims, evidence, sources, parameters, tables, editions, and the rule that judges them."""
