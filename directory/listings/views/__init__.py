"""Pages of listings: showing, editing, organizations, proposals."""
