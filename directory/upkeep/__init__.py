"""Who keeps a listing true: checks, queues, calls, links, digests, score cards."""
