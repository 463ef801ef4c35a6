"""Networks: the zoo, and the readers of network files."""
