"""The pages of figures: outcomes and gaps, overlaps and what ends."""
