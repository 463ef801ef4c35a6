"""Finds the plugin in the checkout where it is not installed."""

import sys
from pathlib import Path

try:
    import fodlam_silicon  # noqa: F401 - only whether it is there
except ImportError:
    sys.path.insert(0, str(Path(__file__).parent.parent))

# The scripts that make the tables, some of which are tested.
sys.path.append(str(Path(__file__).parent.parent / "tools"))
