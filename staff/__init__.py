"""The people who edit the directory. The lowest room: it imports from no other."""
