"""Map documents, shown in frames beside the lists that hold the same content."""
