"""How far predictors are off: cross-validation, its scores, and the intervals that follow."""
