"""The border to the plugins: what they are asked, and what their answers must be.

Each kind of thing that a plugin supplies has its guard in the module of that name.

A `FodlamError` of a plugin is an answer, such as that a layer lacks a shape; any other exception,
a number that cannot be right, and an attribute that is not what it has to be become an error that
names the plugin, its distribution and the layer. The core's own rules and readers are not guarded.
"""

from fodlam_core.plugins.guards.accelerators import guarded_accelerator
from fodlam_core.plugins.guards.asking import ask
from fodlam_core.plugins.guards.items import guarded

__all__ = ["ask", "guarded", "guarded_accelerator"]
