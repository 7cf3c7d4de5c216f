"""Full text over listings, the same normalisation for every engine."""
