"""Whether the web addresses of published entries still lead somewhere.

Above the directory, below the kinds of entry: it finds their addresses by what their fields say.
"""
