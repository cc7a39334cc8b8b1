"""The territory: regions, provinces and cities of Italy, and the names people write for them."""
