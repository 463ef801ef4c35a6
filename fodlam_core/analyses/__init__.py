"""Questions about more than one estimate: comparisons, differences, citations, reproductions.

Each question is a module; the command of that name in `fodlam_core.cli` shows its answer.
"""
