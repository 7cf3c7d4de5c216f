"""Sign-in, invitations and memberships."""
