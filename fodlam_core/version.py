"""The version of the distribution; also read by the build backend."""

__version__ = "0.1.0"
