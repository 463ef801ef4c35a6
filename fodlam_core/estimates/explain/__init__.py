"""Where the cost of a layer comes from, step by step.

Steps of a layer are in `chain`, those of a published total in `published_totals`.
"""
