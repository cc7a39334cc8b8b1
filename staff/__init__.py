"""The people who edit the directory. It imports from no room but the clock."""
