"""The made-up company: where it is, what it sells, and what people write into a reference that nobody expected."""

from dataclasses import dataclass

from copper_sandbox.rows import Json


@dataclass(frozen=True, slots=True)
class Place:
    """A restaurant or a shop; `weight` is its share of the tickets, `tax` in thousandths."""

    id: str
    name: str
    kind: str
    zone: str
    city: str
    country: str
    currency: str
    tax: int
    weight: int

    def location(self) -> Json:
        """Give the Location as the API describes it."""
        host = self.name.lower().replace(" ", "-").replace("’", "").replace("é", "e")
        return {
            "id": self.id,
            "object": "location",
            "display_name": self.name,
            "phone": "+1 555 0100",
            "website": f"https://{host}.example",
            "address": {
                "line1": "1 Main Street",
                "line2": None,
                "city": self.city,
                "state": None,
                "postal_code": "00000",
                "country": self.country,
            },
            "metadata": {"kind": self.kind, "time_zone": self.zone},
        }


PLACES = (
    Place("loc_reno", "Reno Downtown", "restaurant", "America/Los_Angeles", "Reno", "US", "usd", 83, 14),
    Place("loc_brooklyn", "Brooklyn Diner", "restaurant", "America/New_York", "New York", "US", "usd", 89, 30),
    Place("loc_harbor", "Harbor Café", "restaurant", "America/New_York", "Boston", "US", "usd", 70, 10),
    Place("loc_austin", "Austin Smokehouse", "restaurant", "America/Chicago", "Austin", "US", "usd", 82, 9),
    Place("loc_denver", "Denver Taproom", "restaurant", "America/Denver", "Denver", "US", "usd", 88, 7),
    Place("loc_phoenix", "Phoenix Grill", "restaurant", "America/Phoenix", "Phoenix", "US", "usd", 86, 6),
    Place("loc_seattle", "Seattle Bakery", "shop", "America/Los_Angeles", "Seattle", "US", "usd", 103, 6),
    Place("loc_camden", "Camden Market Shop", "shop", "Europe/London", "London", "GB", "gbp", 200, 6),
    Place("loc_dublin", "Dublin Quay", "restaurant", "Europe/Dublin", "Dublin", "IE", "eur", 135, 4),
    Place("loc_berlin", "Berlin Mitte", "shop", "Europe/Berlin", "Berlin", "DE", "eur", 190, 4),
    Place("loc_lisbon", "Lisbon Alfama", "restaurant", "Europe/Lisbon", "Lisbon", "PT", "eur", 130, 3),
    Place("loc_airport", "Joe’s at the Airport", "shop", "America/Chicago", "Chicago", "US", "usd", 115, 1),
)

MENUS: dict[str, list[tuple[str, int]]] = {
    "restaurant": [
        ("Cheeseburger", 1450),
        ("Caesar salad", 1200),
        ("Ribeye 12 oz", 3900),
        ("Fish tacos", 1575),
        ("Tomato soup", 800),
        ("Espresso", 350),
        ("House red, glass", 900),
        ("Crème brûlée", 850),
        ("Sparkling water", 400),
    ],
    "shop": [
        ("Sourdough loaf", 750),
        ("Postcard", 150),
        ("Tote bag", 1800),
        ("Coffee beans 250 g", 1350),
        ("Mug", 1400),
        ("Candle", 2200),
        ("Notebook A5", 1100),
    ],
}

SERVERS = ("Ana", "Bilal", "Chloé", "Dmitri", "Eun-ji", "Femi", "Grace", "Håkon")

HOSTILE_REFERENCES = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "</title><h1>x",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example","pay")',
    "@SUM(1+1)",
    "\u202egnitirw desrever",
    "zero\u200bwidth",
    "Z" + "\u0351\u034d\u0322" * 30,
    "👩‍🍳 order 7",
    "nul\x00inside",
    "lone \ud800 surrogate",
    "long " + "0123456789" * 500,
    "  spaces  ",
)
