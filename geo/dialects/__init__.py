"""How each database spells the same spatial predicate."""
