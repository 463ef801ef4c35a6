"""Values of a model: layers, shapes, technology points, costs and their sources.

What a value may hold is declared and checked in its class here, and nowhere else.
"""
