"""Pictures of results, with matplotlib (extra ``plot``): each function returns the axes.

A new picture is a module here; what they share is in `canvas`. No window is opened, and matplotlib
is imported with the module of a picture, never before one is asked for.
"""
