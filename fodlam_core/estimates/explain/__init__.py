"""Where the cost of a layer comes from, step by step."""
