"""`make bench`: civicnet at the size of Italy, beside its peers, in one run. See RESULTS.md.

``database`` has the rows, ``servers`` the targets, ``scenes`` what is asked of each, ``client``
asks and takes the time, ``inside`` looks at what one request does to PostgreSQL, ``report`` writes.
"""
