from exchange.command import ImportCommand


class Command(ImportCommand):
    help = "Import organizations from a list: CSV or XLSX."
    kind = "organization"
