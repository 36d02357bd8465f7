"""The tests. A package of its own name, since a dependency of neonize installs another top-level `tests`."""
