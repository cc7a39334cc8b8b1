"""The public addresses of the contract, with the first content behind them."""

NETWORK = "rete-nazionale-per-la-prossimita"

# Italian, English: what differs is the path's language, never the slug.
PAGES = [
    ("/it/", "/en/"),
    ("/it/organizzazioni/", "/en/organizations/"),
    ("/it/organizzazioni/officina-comune/", "/en/organizations/officina-comune/"),
    ("/it/reti/", "/en/networks/"),
    (f"/it/reti/{NETWORK}/", f"/en/networks/{NETWORK}/"),
    ("/it/progetti/", "/en/projects/"),
    ("/it/progetti/co-city-beni-comuni/", "/en/projects/co-city-beni-comuni/"),
    ("/it/citta/", "/en/cities/"),
    ("/it/citta/torino/", "/en/cities/torino/"),
    ("/it/regioni/", "/en/regions/"),
    ("/it/regioni/piemonte/", "/en/regions/piemonte/"),
    ("/it/temi/", "/en/themes/"),
    ("/it/temi/beni-comuni/", "/en/themes/beni-comuni/"),
    ("/it/cerca/?q=prossimita", "/en/search/?q=prossimita"),
    ("/it/mappa/", "/en/map/"),
    ("/it/mappa/?region=piemonte", "/en/map/?region=piemonte"),
    ("/it/incorpora/", "/en/embed/"),
    ("/it/informazioni/", "/en/about/"),
    ("/it/fonti/", "/en/sources/"),
    ("/it/privacy/", "/en/privacy/"),
    ("/it/accessibilita/", "/en/accessibility/"),
]
LISTINGS = [
    ("/it/organizzazioni/", "/en/organizations/"),
    ("/it/reti/", "/en/networks/"),
    ("/it/progetti/", "/en/projects/"),
    ("/it/cerca/", "/en/search/"),
]
ALL = [address for pair in PAGES for address in pair]
MACHINES = ["/healthz", "/readyz", "/sitemap.xml", "/robots.txt", "/opensearch.xml"]
