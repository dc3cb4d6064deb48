"""A package, so that one page can serve all files: its fixtures end with it."""
