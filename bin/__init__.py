"""What `make` calls: set up, run, test and check. Standard library only, because nothing is installed yet."""
