"""How far predictors are off: cross-validation, its scores, and the intervals that follow.

A new way to leave data out goes into `folds`; how errors become intervals is in `intervals`.
"""
