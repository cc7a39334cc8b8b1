"""The words of an invented directory: names, activities, places; Italian and English side by side.

No name is taken from a body that exists. A text's slots are filled by ``texts``.
"""

from __future__ import annotations

Pair = tuple[str, str]

# ------------------------------------------------------------------ names
# With their article, as they stand in a name, and without it, as they join another.
EMBLEMS = (
    """
La Lanterna|Il Girasole|Il Melograno|La Rondine|Il Ponte Lungo|La Radice|Il Sentiero|L'Approdo
La Tela|Il Telaio|La Bussola|L'Alveare|Il Faro|La Conchiglia|Il Gelso|La Fucina|L'Aratro|Il Seme
La Quercia|Il Nido|La Girandola|L'Aquilone|Il Veliero|La Soglia|Il Cortile|La Piazzetta|Il Pozzo
La Fontanella|Il Mulino|La Ginestra|Il Papavero|Il Rosmarino|La Lavanda|Il Tiglio|La Betulla
Il Castagno|Il Carrubo|La Vite|L'Ulivo|Il Mandorlo|Il Fico|La Melissa|L'Edera|Il Trifoglio
La Marea|La Corrente|Il Delta|La Sorgente|Il Ruscello|La Brezza|Il Maestrale|La Tramontana
L'Aurora|Il Mattino|La Sera|Il Solstizio|La Luna Piena|La Cometa|L'Orsa Minore|Il Meridiano
La Matita|Il Quaderno|La Pagina|L'Inchiostro|Il Calamaio|L'Alfabeto|La Virgola|Il Racconto
La Valigia|Il Baule|La Chiave|La Finestra|Il Balcone|La Scala|Il Camino|La Madia|Il Forno
Il Pane|Il Lievito|La Spiga|Il Miele|La Dispensa|Il Paiolo|La Tavola Lunga|La Credenza
Il Filo|L'Ago|Il Gomitolo|La Trama|L'Ordito|Il Bottone|La Toppa|Il Ricamo|La Cesta
La Bicicletta|Il Tandem|La Carriola|Il Carretto|La Zattera|Il Remo|L'Ancora|La Vela Bianca
L'Eco|La Voce|Il Coro|Il Tamburo|La Fisarmonica|L'Ocarina|Il Violino|La Serenata|Il Ritornello
Il Riccio|La Lucciola|Il Grillo|La Formica|Il Gabbiano|L'Airone|Il Gufo|La Lepre|Il Tasso
Il Crocevia|L'Incontro|Il Convivio|La Brigata|La Cordata|La Staffetta|Il Girotondo|La Tenda
Il Domani|L'Orizzonte|Il Passo|L'Impronta|La Traccia|Il Cammino|La Meta|La Mano Tesa|Il Cerchio
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

JOINED = (
    """
Mani|Radici|Passi|Voci|Semi|Ponti|Sguardi|Trame|Orme|Onde|Rami|Foglie|Gesti|Parole|Storie|Tempi
Spazi|Luoghi|Incontri|Saperi|Sapori|Colori|Suoni|Segni|Fili|Nodi|Reti|Cortili|Orti|Balconi|Tetti
Strade|Sentieri|Rotte|Isole|Maree|Stelle|Lune|Albe|Stagioni|Frutti|Pani|Tavole|Botteghe|Mestieri
Arti|Giochi|Sogni|Risvegli|Ritorni|Partenze|Approdi|Legami|Abbracci|Respiri|Cure|Domande|Idee
Visioni|Desideri|Memorie|Racconti|Quaderni|Libri|Fiori|Pietre|Argini|Rive|Fonti|Vele|Ali|Nidi
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

QUALITIES = (
    """
Comuni|Solidali|Ribelli|Gentili|Migranti|Popolari|Resistenti|Possibili|Plurali|Insieme|Felici|Verdi
in Movimento|al Sole|senza Frontiere|di Strada|di Quartiere|di Comunità|di Confine|in Cammino
per Tutti i Giorni|di Paese|al Vento|di Periferia|in Piazza|della Domenica
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

# Districts and streets: saints and syllables, so that the rare words are many, as in real texts.
DISTRICT_KINDS = ["Borgo", "Villa", "Rione", "Case", "Ponte", "Monte", "Colle", "Fonte", "Prato"]
SAINTS = (
    """
San Rocco|Sant'Anna|San Biagio|San Lazzaro|Santa Lucia|San Donato|San Martino|Santa Marta
San Vito|San Defendente|Sant'Eligio|Santa Apollonia|San Gottardo|San Pellegrino|Santa Giustina
San Quirico|San Cassiano|Sant'Orsola|San Bovio|Santa Fosca|San Zeno|San Prospero|Santa Eulalia
San Colombano|San Fermo|Sant'Erasmo|San Leucio|San Mauro|Santa Sofia|San Basilio
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
BEGINNINGS = """
Bel Mont Ros Car Ferr Gal Mar Tor Val Bar Cas Dor Fal Gren Lam Mal Nov Or Pal Quar Ram Sal Tam Urb
Ver Zan Alb Bren Cor Dal Fior Giar Lun Mor Nav Ott Per Rov Sar Tes Ven Arc Bos Cer Fras Gor Lev Mir
Nes Pas Ric Sor Tril Vig Zor Bald Camp Gual Lor Mad Polv Rub
""".split()  # noqa: SIM905
ENDINGS = """
ini etti oni ucci ardi elli arini anti essi igo ago ile ona eto olo ino asca ate engo usa ova aglia
icchio occo ente ara ulli andra esco azzo ombra ivo emme adella osta urra ezzano aldo intra unico
""".split()  # noqa: SIM905

# ------------------------------------------------------------------ what entries do
# By the slug of the theme, or of its parent. Third person; {x} is a craft, {s} a street,
# {q} a district, {n} a city nearby.
ACTS: dict[str, list[Pair]] = {
    "beni-comuni-e-citta": [
        ("cura le aiuole e i vialetti di {q}", "looks after the flower beds and paths of {q}"),
        ("ha riaperto l'ex lavatoio di via {s}", "has reopened the old wash-house in via {s}"),
        (
            "tiene vivo un patto di collaborazione con il Comune",
            "keeps alive a collaboration agreement with the municipality",
        ),
        ("trasforma i cortili in luoghi d'incontro", "turns courtyards into meeting places"),
        (
            "restaura panchine, fontanelle e muri scrostati",
            "restores benches, fountains and peeling walls",
        ),
        (
            "mappa gli edifici vuoti e propone come usarli",
            "maps empty buildings and proposes how to use them",
        ),
        ("gestisce la casa di quartiere di {q}", "runs the neighbourhood house of {q}"),
        (
            "disegna con gli abitanti la nuova piazza {s}",
            "draws the new square {s} together with the residents",
        ),
    ],
    "partecipazione-e-democrazia": [
        ("prepara assemblee pubbliche sul bilancio", "prepares public assemblies on the budget"),
        ("segue le sedute del consiglio comunale", "follows the sittings of the city council"),
        ("raccoglie firme per la consulta di {q}", "gathers signatures for the council of {q}"),
        (
            "insegna a leggere una delibera e un piano regolatore",
            "teaches how to read a resolution and a town plan",
        ),
        ("organizza passeggiate di ascolto", "organises listening walks"),
        ("tiene una scuola serale di politica", "holds an evening school of politics"),
        (
            "accompagna i comitati che vogliono dialogare con le istituzioni",
            "supports committees that want to talk with institutions",
        ),
    ],
    "cultura-ed-educazione": [
        ("apre la biblioteca di via {s}", "opens the library in via {s}"),
        ("tiene laboratori di {x}", "holds workshops of {x}"),
        ("aiuta nei compiti dopo la scuola", "helps with homework after school"),
        ("porta il teatro nei cortili di {q}", "brings theatre to the courtyards of {q}"),
        ("raccoglie le memorie degli abitanti", "collects the memories of the residents"),
        ("insegna l'italiano a chi è appena arrivato", "teaches Italian to newcomers"),
        ("cura una rassegna di cinema all'aperto", "curates an open-air film season"),
        ("forma educatrici ed educatori di strada", "trains street educators"),
        (
            "pubblica un giornale fatto da ragazze e ragazzi",
            "publishes a newspaper made by girls and boys",
        ),
    ],
    "diritti-e-inclusione": [
        ("tiene uno sportello legale gratuito", "keeps a free legal desk"),
        ("accoglie donne che escono dalla violenza", "welcomes women leaving violence"),
        (
            "accompagna chi cerca casa e documenti",
            "supports those looking for a home and for papers",
        ),
        ("fa incontrare culture attorno a una tavola", "brings cultures together around a table"),
        ("denuncia le discriminazioni sul lavoro", "speaks out against discrimination at work"),
        ("distribuisce pasti caldi e coperte", "hands out hot meals and blankets"),
        ("gioca a calcio contro il razzismo", "plays football against racism"),
    ],
    "salute-e-cura": [
        ("porta cure e compagnia a domicilio", "brings care and company to people's homes"),
        ("trasporta malati e dializzati", "drives patients to hospital and dialysis"),
        ("gestisce un ambulatorio popolare in via {s}", "runs a people's clinic in via {s}"),
        (
            "sostiene le famiglie di persone con demenza",
            "supports families of people with dementia",
        ),
        ("accompagna percorsi di uscita dalle dipendenze", "supports ways out of addiction"),
        ("anima pomeriggi di {x}", "livens up afternoons of {x}"),
        ("addestra cani per la terapia", "trains dogs for therapy"),
        (
            "promuove sport per persone con disabilità",
            "promotes sport for people with disabilities",
        ),
    ],
    "welfare-e-prossimita": [
        ("scambia ore invece di denaro", "swaps hours instead of money"),
        ("raccoglie e ripara mobili", "collects and repairs furniture"),
        ("apre una portineria sociale in via {s}", "opens a social concierge in via {s}"),
        ("fa la spesa per chi non può uscire", "shops for those who cannot go out"),
        ("ospita famiglie in emergenza abitativa", "hosts families in a housing emergency"),
        ("prepara volontari di protezione civile", "prepares civil protection volunteers"),
        ("ascolta chi è solo, per telefono e di persona", "listens to lonely people"),
        ("mette in rete i vicini di {q}", "connects the neighbours of {q}"),
    ],
    "lavoro-ed-economia-sociale": [
        ("avvia al lavoro persone svantaggiate", "brings disadvantaged people into work"),
        ("gestisce una bottega equa in via {s}", "runs a fair-trade shop in via {s}"),
        ("compra insieme da contadini di {n}", "buys together from farmers in {n}"),
        ("concede piccoli prestiti senza garanzie", "gives small loans without guarantees"),
        ("ripara elettrodomestici e biciclette", "repairs appliances and bicycles"),
        ("coltiva terre confiscate vicino a {n}", "farms confiscated land near {n}"),
        ("forma artigiane e artigiani di {x}", "trains people in the craft of {x}"),
    ],
    "ecologia": [
        ("pianta alberi lungo gli argini", "plants trees along the banks"),
        ("misura la qualità dell'aria con sensori fatti in casa", "measures air with home sensors"),
        ("cura orti condivisi a {q}", "looks after shared gardens in {q}"),
        ("ripulisce sentieri e fossi fino a {n}", "cleans paths and ditches as far as {n}"),
        ("insegna il compostaggio nelle scuole", "teaches composting in schools"),
        ("protegge rospi, rondoni e pipistrelli", "protects toads, swifts and bats"),
        ("chiede piste ciclabili fra {q} e {n}", "asks for cycle lanes between {q} and {n}"),
    ],
}

CRAFTS: list[Pair] = [
    ("ceramica", "pottery"), ("cucito", "sewing"), ("falegnameria", "carpentry"),
    ("legatoria", "bookbinding"), ("fotografia", "photography"), ("serigrafia", "screen printing"),
    ("teatro", "theatre"), ("canto corale", "choir singing"), ("danza popolare", "folk dance"),
    ("scrittura", "writing"), ("lettura ad alta voce", "reading aloud"), ("scacchi", "chess"),
    ("panificazione", "baking"), ("liuteria", "violin making"), ("tessitura", "weaving"),
    ("intaglio", "wood carving"), ("mosaico", "mosaic"), ("acquerello", "watercolour"),
    ("incisione", "engraving"), ("fumetto", "comics"), ("animazione", "animation"),
    ("radio", "radio"), ("podcast", "podcasting"), ("robotica", "robotics"),
    ("elettronica", "electronics"), ("astronomia", "astronomy"), ("botanica", "botany"),
    ("apicoltura", "beekeeping"), ("micologia", "mycology"), ("ornitologia", "birdwatching"),
    ("erboristeria", "herbalism"), ("potatura", "pruning"), ("innesto", "grafting"),
    ("cartapesta", "papier-mâché"), ("burattini", "puppetry"), ("giocoleria", "juggling"),
    ("clownerie", "clowning"), ("percussioni", "drumming"), ("chitarra", "guitar"),
    ("mandolino", "mandolin"), ("zampogna", "bagpipe"), ("tarantella", "tarantella"),
    ("tango", "tango"), ("yoga", "yoga"), ("ginnastica dolce", "gentle gymnastics"),
    ("nordic walking", "Nordic walking"), ("arrampicata", "climbing"), ("vela", "sailing"),
    ("canottaggio", "rowing"), ("bocce", "bowls"), ("scherma", "fencing"), ("judo", "judo"),
    ("calligrafia", "calligraphy"), ("origami", "origami"), ("uncinetto", "crochet"),
    ("maglia", "knitting"), ("merletto", "lace making"), ("tintura naturale", "natural dyeing"),
    ("restauro", "restoration"), ("muratura a secco", "dry stone walling"),
    ("cestineria", "basket making"), ("ferro battuto", "wrought iron"), ("vetro", "glass"),
    ("informatica", "computing"), ("fisica divertente", "playful physics"),
    ("genealogia", "genealogy"), ("storia orale", "oral history"), ("dialetto", "dialect"),
    ("esperanto", "Esperanto"), ("lingua dei segni", "sign language"), ("arabo", "Arabic"),
    ("cucina vegetale", "plant-based cooking"), ("conserve", "preserves"),
    ("birrificazione", "brewing"),
    ("pesca", "fishing"), ("meteorologia", "weather watching"), ("cartografia", "map making"),
    ("filosofia", "philosophy"), ("poesia", "poetry"), ("improvvisazione", "improvisation"),
]  # fmt: skip

AUDIENCES: list[Pair] = [
    ("per le famiglie del quartiere", "for the families of the neighbourhood"),
    ("con persone di ogni età", "with people of all ages"),
    ("per bambine e bambini", "for children"),
    ("con ragazze e ragazzi", "with young people"),
    ("per persone anziane sole", "for older people who live alone"),
    ("con chi vive in strada", "with people who live on the street"),
    ("insieme alle scuole", "together with the schools"),
    ("insieme alla comunità", "together with the community"),
    ("con persone rifugiate", "with refugees"),
    ("per chi ha perso il lavoro", "for those who lost their job"),
    ("con persone detenute e le loro famiglie", "with prisoners and their families"),
    ("per neomamme e neopapà", "for new parents"),
    ("con il sostegno di volontarie e volontari", "with the support of volunteers"),
    ("per chi assiste un familiare", "for those who care for a relative"),
    ("con le comunità straniere della città", "with the foreign communities of the city"),
]

SETTINGS: list[Pair] = [
    ("nei locali di via {s}", "in the rooms in via {s}"),
    ("in un capannone di {q}", "in a shed in {q}"),
    ("nel parco di {q}", "in the park of {q}"),
    ("in una cascina ai confini con {n}", "in a farmhouse on the border with {n}"),
    ("nell'ex stazione di {n}", "in the former station of {n}"),
    ("nelle sale della parrocchia di {q}", "in the halls of the parish of {q}"),
    ("sotto i portici di piazza {s}", "under the arcades of piazza {s}"),
    ("in una scuola chiusa di {q}", "in a closed school in {q}"),
    ("fra {q} e {n}", "between {q} and {n}"),
    ("in un negozio sfitto di via {s}", "in an empty shop in via {s}"),
    ("nei comuni vicini, fino a {n}", "in the towns around, as far as {n}"),
    ("nelle case popolari di {q}", "in the council housing of {q}"),
]

MOMENTS: list[Pair] = [
    ("Ogni sabato", "Every Saturday"), ("Una sera alla settimana", "One evening a week"),
    ("D'estate", "In summer"), ("Da ottobre a maggio", "From October to May"),
    ("Tutti i giorni", "Every day"),
    ("La prima domenica del mese", "On the first Sunday of the month"),
    ("Due volte l'anno", "Twice a year"), ("Nei mesi freddi", "In the cold months"),
    ("Durante le vacanze", "During the holidays"), ("Quando serve", "When needed"),
    ("Di giovedì", "On Thursdays"), ("In autunno", "In autumn"),
]  # fmt: skip

CLOSINGS: list[Pair] = [
    (
        "Lavora sul territorio con altre associazioni della comunità.",
        "It works locally with other associations of the community.",
    ),
    (
        "Chi vuole partecipare può passare in sede, senza iscrizione.",
        "Those who want to take part can drop in, without signing up.",
    ),
    (
        "Si sostiene con quote, donazioni e il lavoro volontario delle persone socie.",
        "It lives on fees, donations and the voluntary work of its members.",
    ),
    (
        "Le decisioni si prendono in assemblea, aperta a tutto il quartiere.",
        "Decisions are taken in an assembly open to the whole neighbourhood.",
    ),
    (
        "Collabora con il Comune, le scuole e i servizi sociali del territorio.",
        "It works with the municipality, the schools and the social services of the area.",
    ),
    (
        "Alle attività partecipano ogni anno centinaia di persone della città.",
        "Every year hundreds of people of the city take part in its activities.",
    ),
    (
        "Il bilancio sociale è pubblico e si discute con la comunità.",
        "Its social report is public and is discussed with the community.",
    ),
]

ORIGINS: list[Pair] = [
    (
        "Nasce da un gruppo di vicine e vicini di {q}.",
        "It began with a group of neighbours in {q}.",
    ),
    ("È nata dopo la chiusura della fabbrica {s}.", "It was born after the {s} factory closed."),
    ("Raccoglie l'eredità di un comitato di via {s}.", "It carries on a committee of via {s}."),
    ("È cresciuta attorno alla scuola di {q}.", "It grew around the school of {q}."),
    ("Ha preso forma durante una festa di strada.", "It took shape during a street party."),
    (
        "È il frutto dell'incontro fra persone di {q} e di {n}.",
        "It comes from a meeting of people from {q} and {n}.",
    ),
    ("L'hanno voluta insegnanti e genitori.", "Teachers and parents wanted it."),
    ("È partita da un orto abbandonato di {q}.", "It started from an abandoned garden in {q}."),
]

CAUSES = (
    """
il parco di {q}|la biblioteca di {q}|l'acqua pubblica di {q}|la ciclabile di {q}|via {s} senza auto
il mercato coperto di {q}|la scuola di {q}|i portici di via {s}|il fiume pulito|l'aria di {q}
il bosco di {q}|la stazione di {q}|il consultorio di {q}|la piazza di {q}|i sentieri di {q}
""".replace("\n", "|")
    .strip("|")
    .split("|")
)

PROGRAMMES: list[Pair] = [
    ("Bando Quartieri accesi", "Bright neighbourhoods call"),
    ("Fondo Radici nuove", "New roots fund"),
    ("Programma Vicini di casa", "Next door programme"),
    ("Bando Mani in terra", "Hands in the earth call"),
    ("Fondo Seconda scuola", "Second school fund"),
    ("Programma Case aperte", "Open houses programme"),
    ("Bando Strade lente", "Slow streets call"),
    ("Fondo Cura diffusa", "Widespread care fund"),
    ("Programma Acque chiare", "Clear waters programme"),
    ("Bando Voci giovani", "Young voices call"),
    ("Fondo Borghi abitati", "Inhabited villages fund"),
    ("Programma Officine pubbliche", "Public workshops programme"),
]

# ------------------------------------------------------------------ kinds
# Of those the directory knows, by slug: how common, how they call themselves in a text, and the
# patterns of their names. {e} an emblem, {j} two joined nouns, {q} district, {c} cause.
KINDS: dict[str, tuple[float, Pair, list[str]]] = {
    "associazione": (
        62,
        ("Associazione", "Association"),
        [
            "Associazione {e}",
            "Associazione {j}",
            "Associazione culturale {e}",
            "{j}",
            "Associazione Amici di {q}",
            "Associazione Orti di {q}",
            "Circolo {e}",
            "Pro loco {q}",
            "Banca del tempo di {q}",
            "Associazione di volontariato {e}",
            "Gruppo {e}",
            "Associazione sportiva {q}",
            "Centro sociale anziani {q}",
            "Associazione teatrale {j}",
            "Università popolare di {q}",
            "Gruppo di acquisto {j}",
            "Compagnia {e}",
            "{e}",
            "Associazione genitori di {q}",
            "Circolo culturale {j}",
            "Corale {q}",
            "Coro {e}",
        ],
    ),
    "cooperativa": (
        10,
        ("Cooperativa sociale", "Social cooperative"),
        [
            "Cooperativa sociale {e}",
            "Cooperativa {j}",
            "{j} cooperativa sociale",
            "Cooperativa {q}",
        ],
    ),
    "movimento": (4, ("Comitato", "Committee"), ["Comitato per {c}", "Movimento {j}"]),
    "fondazione": (3, ("Fondazione", "Foundation"), ["Fondazione {e}", "Fondazione {j}"]),
    "collettivo": (3, ("Collettivo", "Collective"), ["Collettivo {j}", "Collettivo {e}"]),
    "bene-comune-urbano": (
        2,
        ("Bene comune", "Urban commons"),
        ["Casa di quartiere {q}", "Ex officina {q}", "Orto comune di {q}", "Giardino {e}"],
    ),
    "lista-civica": (2, ("Lista civica", "Civic list"), ["{q} Insieme", "Lista civica {j}"]),
    "impresa-sociale": (3, ("Impresa sociale", "Social enterprise"), ["{j} impresa sociale"]),
    "consorzio": (1.5, ("Consorzio", "Consortium"), ["Consorzio {j}", "Consorzio {e}"]),
    "coordinamento": (1.5, ("Coordinamento", "Coordination body"), ["Coordinamento per {c}"]),
    "comunita-politica": (0.6, ("Comunità politica", "Political community"), ["Comunità {j}"]),
    "portale-informativo": (0.5, ("Portale", "Portal"), ["Il portale di {q}", "{j} notizie"]),
    "amministrazione-pubblica": (0.8, ("Ente pubblico", "Public body"), ["Ente parco {q}"]),
    "universita": (0.1, ("Ateneo", "University"), ["Libera università {e}"]),
}
OTHER_KIND: tuple[float, Pair, list[str]] = (0.3, ("Ente", "Body"), ["{e}", "{j}", "Ente {q}"])
# Legal suffixes of associations in the Italian register, and how common.
SUFFIXES = {"": 45, " ODV": 20, " APS": 22, " ETS": 13}
BRANCHES = ["Confraternita", "Compagnia", "Gruppo", "Associazione", "Lega", "Circolo", "Movimento"]

NETWORK_NAMES = (
    """
Rete {j}|Rete {e}|Alleanza per {c}|Forum {j}|Coordinamento {j}|Rete per {c}|Tavolo {j}
Rete dei comitati di {q}|Costellazione {e}|Patto per {c}
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
PROJECT_NAMES = (
    """
{j}|{e}|Progetto {j}|Laboratorio {e}|{q} si racconta|Cantiere {q}|{j}: {x} a {q}|Festa di {q}
Scuola di {x}|Officina di {x}|Festival di {x}|Vivere {q}|{q} in cammino|Notti di {x}
""".replace("\n", "|")
    .strip("|")
    .split("|")
)
