"""A believable directory that does not exist, for trying and for measuring.

``vocabulary`` holds the words, ``texts`` makes sentences of them, ``rows`` makes the rows of
entries and their ties, ``making`` writes them and takes them away again, very many ``unhindered``;
``notice`` knows whether a page has to say so. What is invented carries ``Entry.invented``.
"""
