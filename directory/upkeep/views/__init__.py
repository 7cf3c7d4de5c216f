"""Pages of upkeep: the queue, calls, the score card, and what is done on a listing itself."""
