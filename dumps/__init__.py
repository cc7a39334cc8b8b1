"""The whole public directory as a folder of files, and an empty civicnet filled from one."""
