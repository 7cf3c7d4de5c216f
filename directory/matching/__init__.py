"""From a person's needs and place to services, each with its reasons."""
