"""Reports: a document of blocks, independent of how it is shown, and the forms that show it.

A new block is declared in `document`; a new form of output is a module next to `terminal`.
"""
