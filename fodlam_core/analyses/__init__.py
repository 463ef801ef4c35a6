"""Questions about more than one estimate: comparisons, differences, citations, reproductions."""
