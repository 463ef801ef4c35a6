"""Values of a model: layers, shapes, technology points, costs and their sources."""
