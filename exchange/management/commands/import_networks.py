from exchange.command import ImportCommand


class Command(ImportCommand):
    help = "Import networks from a list: CSV or XLSX."
    kind = "network"
