"""Pages of cases: the case itself, its needs, its consent."""
