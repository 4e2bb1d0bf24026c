"""The goods of the demonstration warehouse: invented, but with plausible names, sizes, weights and look-alikes."""

from dataclasses import dataclass

#: (family, grams of one, millimetres, colour, fragile, units in a case, variants)
_FAMILIES: tuple[tuple[str, int, tuple[int, int, int], bool, int, tuple[str, ...]], ...] = (
    ("Hand wash {}, 500 ml refill", 540, (90, 60, 200), False, 12, ("Olive", "Lemon", "Lavender", "Sea", "Rose", "Neutral")),
    ("Shower gel {}, 250 ml", 280, (65, 40, 180), False, 12, ("Mint", "Fig", "Pine", "Almond", "Orange", "Kids")),
    ("Linen towel, {}", 310, (300, 210, 35), False, 10, ("sand", "slate", "brick", "moss", "white", "navy")),
    ("Ceramic cup, {}", 345, (95, 95, 105), True, 6, ("white", "blue", "speckled", "black", "green", "ochre")),
    ("Plate 24 cm, {}", 690, (240, 240, 28), True, 6, ("white", "blue", "speckled", "black", "green", "ochre")),
    ("Tea, {}, 100 g", 138, (80, 60, 150), False, 8, ("Darjeeling first flush", "Assam", "Earl Grey", "Sencha", "Rooibos", "Fennel")),
    ("Coffee beans, {}, 500 g", 512, (90, 70, 260), False, 12, ("house blend", "espresso", "decaf", "Ethiopia", "Peru", "Java")),
    ("Candle {}, 40 h", 410, (80, 80, 95), True, 12, ("Cedar", "Amber", "Vanilla", "Linen", "Winter", "Unscented")),
    ("Notebook A5 {}", 265, (150, 210, 16), False, 20, ("dotted", "lined", "squared", "plain", "weekly", "music")),
    ("Gel pen 0.5, {}", 14, (12, 12, 145), False, 50, ("black", "blue", "red", "green", "violet", "white")),
    ("Wool socks {}, 39-42", 92, (110, 90, 40), False, 10, ("grey", "mustard", "wine", "forest", "navy", "natural")),
    ("Beanie {}", 85, (230, 200, 30), False, 10, ("grey", "mustard", "wine", "forest", "navy", "natural")),
    ("T-shirt {}, M", 168, (280, 220, 18), False, 10, ("white", "black", "navy", "olive", "coral", "stone")),
    ("Bath salt {}, 600 g", 655, (95, 95, 130), False, 8, ("Lavender", "Eucalyptus", "Rose", "Pine", "Sea", "Arnica")),
    ("Olive oil {}, 500 ml", 930, (70, 70, 260), True, 6, ("mild", "fruity", "bold", "lemon", "chilli", "garlic")),
    ("Honey {}, 350 g", 525, (75, 75, 100), True, 12, ("acacia", "forest", "heather", "lime", "clover", "chestnut")),
    ("Dish brush, {}", 78, (60, 55, 240), False, 24, ("beech", "beech long", "bamboo", "white", "grey", "black")),
    ("Sponge cloth, 3 x {}", 54, (180, 200, 12), False, 30, ("leaves", "dots", "stripes", "fish", "birds", "plain")),
    ("LED bulb E27 {}", 46, (60, 60, 112), True, 10, ("4 W warm", "6 W warm", "8 W warm", "4 W cool", "6 W cool", "8 W cool")),
    ("USB-C cable {}", 38, (110, 90, 22), False, 40, ("0.5 m", "1 m", "2 m", "3 m", "1 m black", "2 m black")),
    ("Water bottle 0.75 l, {}", 214, (75, 75, 255), False, 12, ("steel", "white", "mint", "coral", "night", "sand")),
    ("Lunch box, {}", 298, (200, 140, 65), False, 12, ("steel", "white", "mint", "coral", "night", "sand")),
    ("Wooden toy {}", 187, (120, 80, 90), False, 10, ("fox", "bear", "hare", "owl", "train", "boat")),
    ("Puzzle 500, {}", 560, (330, 230, 45), False, 6, ("harbour", "mountains", "city", "garden", "cats", "map")),
    ("Card game {}", 142, (95, 65, 25), False, 24, ("Crown", "Harvest", "Signal", "Ferry", "Duel", "Nine")),
    ("Plant pot 12 cm, {}", 480, (125, 125, 120), True, 8, ("terracotta", "white", "grey", "sage", "blush", "black")),
    ("Seeds, {}", 12, (85, 3, 125), False, 100, ("basil", "tomato", "radish", "sunflower", "chive", "lettuce")),
    ("Cushion cover {}", 205, (300, 240, 25), False, 10, ("sand", "slate", "brick", "moss", "white", "navy")),
    ("Throw {}", 880, (350, 280, 90), False, 5, ("sand", "slate", "brick", "moss", "white", "navy")),
    ("Picture frame A4, {}", 620, (330, 240, 22), True, 8, ("oak", "walnut", "black", "white", "brass", "steel")),
    ("Soap bar {}, 100 g", 112, (85, 58, 28), False, 36, ("Olive", "Lemon", "Lavender", "Sea", "Rose", "Neutral")),
    ("Tooth brush {}", 21, (25, 20, 195), False, 48, ("soft", "medium", "kids red", "kids blue", "bamboo", "travel")),
    ("Chocolate {}, 90 g", 98, (155, 76, 12), False, 20, ("dark 70", "dark 85", "milk", "hazelnut", "orange", "sea salt")),
    ("Granola {}, 450 g", 478, (110, 70, 230), False, 8, ("honey", "cocoa", "berries", "nuts", "apple", "plain")),
    ("Storage jar 1 l, {}", 560, (105, 105, 165), True, 6, ("clear", "amber", "green", "cork lid", "steel lid", "wide")),
    ("Apron, {}", 240, (260, 200, 25), False, 10, ("denim", "linen", "black", "striped", "olive", "rust")),
    ("Oven glove, {}", 130, (290, 180, 25), False, 12, ("denim", "linen", "black", "striped", "olive", "rust")),
    ("Tape measure {}", 160, (70, 65, 35), False, 24, ("3 m", "5 m", "8 m", "5 m mag", "8 m mag", "tailor")),
    ("Bike light {}", 74, (80, 45, 40), False, 20, ("front", "rear", "set", "front pro", "rear pro", "helmet")),
    ("Dog treat {}, 150 g", 162, (120, 40, 190), False, 16, ("beef", "duck", "lamb", "fish", "veggie", "puppy")),
    ("Desk pad 80 x 40, {}", 590, (410, 60, 60), False, 10, ("grey", "black", "felt green", "felt blue", "cork", "cream")),
    ("Gift wrap {}", 155, (720, 45, 45), False, 25, ("kraft", "stars", "stripes", "holly", "plain red", "plain blue")),
)  # fmt: skip

_COLOURS = ("#5c8f2e", "#d9b310", "#7d5ba6", "#2d7dd2", "#d1495b", "#8d99ae", "#e07a2f", "#2a9d8f")

#: GS1's prefix for examples in documentation: never on a real product.
_COMPANY_PREFIX = "9501101"


@dataclass(frozen=True, slots=True)
class Goods:
    """One article of the demonstration: `gtin` is GTIN-13, `case_gtin` GTIN-14 of a case of `case_qty`."""

    sku: str
    name: str
    gtin: str
    case_gtin: str
    case_qty: int
    grams: int
    size_mm: tuple[int, int, int]
    colour: str
    fragile: bool


def check_digit(digits: str) -> str:
    """GS1 mod-10 check digit: weights 3,1 from the right."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def catalogue() -> list[Goods]:
    """All articles (252), always the same, in SKU order."""
    goods: list[Goods] = []
    for family, (name, grams, size, fragile, case_qty, variants) in enumerate(_FAMILIES):
        for variant, word in enumerate(variants):
            number = family * 10 + variant
            body = f"{_COMPANY_PREFIX}{number:05d}"
            case_body = f"1{body}"
            goods.append(
                Goods(
                    sku=f"FH{1000 + number}",
                    name=name.format(word),
                    gtin=body + check_digit(body),
                    case_gtin=case_body + check_digit(case_body),
                    case_qty=case_qty,
                    grams=grams + (variant * 3) % 7,
                    size_mm=size,
                    colour=_COLOURS[(family + variant) % len(_COLOURS)],
                    fragile=fragile,
                )
            )
    return goods
