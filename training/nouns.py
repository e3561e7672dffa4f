"""Nouns: what people call things besides the keyword, and what a noun might refer to without certainty."""

from __future__ import annotations

_EVERYDAY: dict[str, tuple[str, ...]] = {
    "man": ("guy", "gentleman", "male", "person", "human", "fellow", "dude"),
    "woman": ("lady", "female", "person", "human"),
    "boy": ("kid", "child", "young boy", "person"),
    "girl": ("kid", "child", "young girl", "person"),
    "child": ("kid", "person"),
    "person": ("human", "individual"),
    "dog": ("puppy", "doggy", "pup", "hound", "animal", "pet"),
    "cat": ("kitty", "kitten", "feline", "animal", "pet"),
    "bird": ("animal", "birdie"),
    "car": ("automobile", "vehicle", "auto"),
    "airplane": ("plane", "aircraft", "aeroplane", "jet"),
    "motorcycle": ("motorbike", "bike", "vehicle"),
    "bus": ("coach", "vehicle"),
    "fruit": ("food",),
    "vegetable": ("food",),
    "cup": ("mug", "coffee cup", "teacup"),
    "t-shirt": ("tee", "tee shirt", "tshirt", "top"),
    "trousers": ("pants",),
    "shoes": ("shoe", "footwear"),
    "jacket": ("coat",),
    "hat": ("cap",),
    "laptop": ("computer", "notebook computer"),
    "sunflower": ("flower", "plant", "bloom", "blossom"),
    "lotus": ("flower", "plant", "bloom", "lotus flower"),
    "water lily": ("flower", "plant", "bloom"),
    "rooster": ("chicken", "bird", "cock", "animal"),
    "sofa": ("couch",),
    "tv": ("television", "screen"),
    "horse": ("pony", "animal"),
    "rabbit": ("bunny", "animal"),
    "bottle": ("flask",),
    "cougar": ("puma", "mountain lion", "big cat", "animal"),
    "sailboat": ("boat", "sailing boat", "yacht", "ship"),
    "ferry": ("boat", "ship", "ferryboat"),
    "van": ("vehicle", "minivan"),
    "truck": ("lorry", "vehicle"),
    "pickup truck": ("pickup", "truck", "vehicle"),
    "soccer ball": ("ball", "football"),
    "jug": ("pitcher",),
    "bonsai": ("plant", "tree", "potted tree"),
    "revolver": ("gun", "pistol", "handgun"),
    "watch": ("wristwatch",),
}

_PEOPLE = frozenset({"man", "woman", "boy", "girl", "child", "kid", "guy", "lady", "gentleman", "male", "female"})
CLOTHING = frozenset(
    "shorts t-shirt tee top hat cap trousers pants skirt long-sleeved shirt dress jacket coat shoes shoe footwear vest "
    "blouse jeans sweater sunglasses glasses bag purse belt scarf suit blazer boots socks hair clothing clothes "
    "garment accessory watch necklace hand face".split()
) | {"long-sleeved shirt", "tee shirt"}
_BROAD = frozenset({"thing", "object", "item"})
# Pairs that a viewer confuses in a small picture: neither may count as absent while the other is there.
_LOOKALIKES = (
    {"cup", "mug", "jug", "bowl", "teacup", "coffee cup"},
    {"jacket", "coat", "blazer", "vest", "sweater", "cardigan"},
    {"shirt", "t-shirt", "long-sleeved shirt", "blouse", "top", "tee"},
    {"trousers", "pants", "jeans", "leggings"},
    {"car", "van", "pickup truck", "truck", "bus", "vehicle", "taxi"},
    {"dog", "wolf", "fox", "coyote", "puppy", "jackal"},
    {"cat", "kitten", "lynx", "cougar", "leopard", "tiger", "lion"},
    {"boat", "ship", "sailboat", "ferry", "schooner", "ketch"},
    {"flower", "sunflower", "lotus", "water lily", "rose", "tulip", "hibiscus", "blossom"},
    {"lotus", "water lily"},
    {"plant", "tree", "bonsai", "potted plant", "leaf", "flower"},
    {"can", "bottle", "jar", "carton"},
    {"bird", "rooster", "chicken", "turkey", "duck", "goose", "crow", "pigeon", "eagle", "hawk", "owl", "ibis"},
    {"camera", "binoculars"},
    {"sheep", "goat", "lamb"},
    {"cow", "bull", "ox", "water buffalo", "bison"},
    {"horse", "donkey", "pony"},
    {"fish", "shark", "carp", "salmon", "dolphin"},
    {"laptop", "computer", "notebook computer", "keyboard", "screen", "tv"},
)


def everyday_names(keyword: str, synonyms: tuple[str, ...]) -> tuple[str, ...]:
    """Every noun that surely refers to a keyword, the keyword first, without repeats."""
    return tuple(dict.fromkeys((keyword, *synonyms, *_EVERYDAY.get(keyword, ()))))


def possible_names(keyword: str, kind: str, names: tuple[str, ...]) -> frozenset[str]:
    """Nouns that might refer to it or to a part of it, so that they are neither unique nor absent beside it."""
    maybe: set[str] = set(_BROAD)
    if kind == "human":
        maybe |= CLOTHING
        # An astronaut may be a man, a young woman a girl; only what the names deny is sure not to be meant.
        gendered = {
            "man": {"boy", "kid", "child"},
            "woman": {"girl", "kid", "child"},
            "boy": {"man"},
            "girl": {"woman"},
        }
        maybe |= gendered.get(keyword, set(_PEOPLE)) | {"person", "human"}
    for group in _LOOKALIKES:
        if group & set(names):
            maybe |= group
    # A head noun names its compounds: 'ball' may be a soccer ball, 'cat' a cartoon cat.
    maybe |= {part for name in names for part in name.split()}
    return frozenset(maybe) - set(names)
