from exchange.command import ImportCommand


class Command(ImportCommand):
    help = "Import projects from a list: CSV or XLSX."
    kind = "project"
