"""Finds the plugin in the checkout where it is not installed."""

import sys
from pathlib import Path

try:
    import fodlam_silicon  # noqa: F401
except ImportError:
    sys.path.insert(0, str(Path(__file__).parent.parent))
