"""Map documents of listings, matches and referrals."""
