"""How dates and numbers are written, where the project differs from Django."""
