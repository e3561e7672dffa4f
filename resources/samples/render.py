"""Render the sample photographs that come with RIM Editor, and exact mattes to judge a cut-out by.

Everything in the pictures is modelled here, so nothing was downloaded and no licence is attached.
Blender is needed as a Python package (written for 4.5); a full run takes some minutes on a processor:

    pip install bpy
    python render.py                                             both pictures and the two mattes
    python render.py --picture two_cups --scale 0.3 --samples 16 a quick look at one picture
    python render.py --picture still_life --alpha cup            the matte of one thing in a picture

One unit is ten centimetres; the table top lies at z = 0 and the camera looks along +y.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import bpy
from mathutils import Matrix, Vector

HERE = Path(__file__).parent
MATTES = {"still_life": ("cup", "flower"), "two_cups": ()}
Color = tuple[float, float, float]
Faces = list[tuple[int, ...]]
Node, Object, Socket = bpy.types.ShaderNode, bpy.types.Object, bpy.types.NodeSocket
Source = Socket | float | Sequence[float] | None  # what may be fed into an input of a node


# ------------------------------------------------------------------------------------------- materials
class Material:
    """A principled material with a few shorthands for wiring procedural textures into it."""

    def __init__(self, name: str, color: Color = (0.5, 0.5, 0.5), rough: float = 0.5, **inputs: float) -> None:
        self.data = bpy.data.materials.new(name)
        self.data.use_nodes = True
        self.bsdf = self.data.node_tree.nodes["Principled BSDF"]
        for key, value in {"Base Color": (*color, 1), "Roughness": rough, **inputs}.items():
            self.bsdf.inputs[key].default_value = value

    def node(self, kind: str, *sources: Source, **settings: float | str) -> Node:
        """Add a node; sources feed its inputs in order (a socket, a value or None)."""
        node = self.data.node_tree.nodes.new(f"ShaderNode{kind}")
        for key, value in settings.items():
            if key in node.inputs:
                node.inputs[key].default_value = value
            else:
                setattr(node, key, value)
        for target, source in zip(node.inputs, sources, strict=False):
            if isinstance(source, bpy.types.NodeSocket):
                self.data.node_tree.links.new(source, target)
            elif source is not None:
                target.default_value = source
        return node

    def coords(self, kind: str = "Object", scale: Sequence[float] = (1, 1, 1), shift: Socket | None = None) -> Socket:
        """Texture coordinates, moved by `shift` and then stretched by `scale`."""
        place = self.node("TexCoord").outputs[kind]
        if shift is not None:
            place = self.node("VectorMath", place, shift).outputs[0]
        return self.node("VectorMath", place, tuple(scale), operation="MULTIPLY").outputs[0]

    def noise(self, place: Socket, detail: float = 4, **settings: float) -> Socket:
        """Noise about 0.5 at a place."""
        return self.node("TexNoise", place, Scale=1, Detail=detail, **settings).outputs["Fac"]

    def math(self, operation: str, *sources: Source) -> Socket:
        """The outcome of a sum on numbers."""
        return self.node("Math", *sources, operation=operation).outputs[0]

    def ramp(self, factor: Socket, *stops: tuple[float, Color]) -> Socket:
        """The color that a factor has between stops."""
        node = self.node("ValToRGB", factor)
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, color) in zip(elements, stops, strict=True):
            element.position, element.color = position, (*color, 1)
        return node.outputs[0]

    def mix(self, factor: Source, first: Source, second: Source, blend: str = "MIX") -> Socket:
        """Two colors, the second over the first."""
        node = self.node("MixRGB", factor, first, second, blend_type=blend)
        return node.outputs[0]

    def feed(self, name: str, socket: Socket) -> None:
        """Wire a socket into an input of the material."""
        self.data.node_tree.links.new(socket, self.bsdf.inputs[name])

    def bump(self, height: Socket, strength: float, distance: float = 0.02) -> None:
        """Roughen the surface by a height."""
        node = self.node("Bump", Strength=strength, Distance=distance)
        self.data.node_tree.links.new(height, node.inputs["Height"])
        self.feed("Normal", node.outputs[0])

    def translucent(self, amount: float, color: Socket) -> None:
        """Let light through, as petals and leaves do."""
        thin = self.node("BsdfTranslucent", color)
        both = self.node("MixShader", amount, self.bsdf.outputs[0], thin.outputs[0])
        self.data.node_tree.links.new(both.outputs[0], self.data.node_tree.nodes["Material Output"].inputs["Surface"])


def glaze(name: str, color: Color, rough: float = 0.12) -> Material:
    """Fired ceramic, a little cloudy."""
    made = Material(name, color, rough, **{"Coat Weight": 0.4, "Coat Roughness": 0.04})
    cloud = made.noise(made.coords(scale=(2.5, 2.5, 2.5)))
    dark = tuple(0.82 * c for c in color)
    made.feed("Base Color", made.ramp(cloud, (0.3, dark), (0.7, color)))
    made.bump(made.noise(made.coords(scale=(5, 5, 5)), detail=1), 0.06)
    return made


def wood(name: str, dark: Color, light: Color) -> Material:
    """Planks that run along x; each object gets another piece of the tree."""
    made = Material(name)
    luck = made.node("ObjectInfo").outputs["Random"]
    shift = made.node("VectorMath", luck, (37.0, 91.0, 53.0), operation="MULTIPLY").outputs[0]
    rings = made.noise(made.coords(scale=(0.16, 1.9, 1.9), shift=shift), detail=2, Distortion=0.4)
    lines = made.math("PINGPONG", made.math("MULTIPLY", rings, 13.0), 1.0)
    fibre = made.noise(made.coords(scale=(1.2, 38, 38), shift=shift), detail=5)
    grain = made.math("ADD", made.math("MULTIPLY", lines, 0.3), made.math("MULTIPLY", fibre, 0.7))
    tint = made.ramp(grain, (0.22, dark), (0.72, light))
    shade = made.node("MapRange", luck, 0.0, 1.0, 0.78, 1.12).outputs[0]
    made.feed("Base Color", made.mix(1.0, tint, shade, "MULTIPLY"))
    made.feed("Roughness", made.node("MapRange", fibre, 0.3, 0.7, 0.36, 0.52).outputs[0])
    made.bump(grain, 0.22, 0.015)
    return made


def apple_skin(name: str, base: Color, streak: Color, hollow: Color, streaks: float) -> Material:
    """Streaks from pole to pole, pale dots, and another color in the hollows."""
    made = Material(name, rough=0.3, **{"Coat Weight": 0.25, "Coat Roughness": 0.12})
    across = made.noise(made.coords(scale=(11, 11, 1.3)), detail=6)
    patch = made.noise(made.coords(scale=(2.2, 2.2, 1.6)), detail=2)
    amount = made.math("MULTIPLY", made.math("ADD", across, patch), 0.5)
    skin = made.ramp(amount, (0.5 - 0.1 * streaks, base), (0.5 + 0.16 / streaks, streak))
    dots = made.node("TexVoronoi", made.coords(scale=(15, 15, 15))).outputs["Distance"]
    skin = made.mix(made.node("MapRange", dots, 0.05, 0.11, 0.55, 0.0).outputs[0], skin, (*streak, 1))
    radius = made.node("VectorMath", made.coords(scale=(1, 1, 0)), operation="LENGTH").outputs["Value"]
    near = made.math("ADD", radius, made.math("MULTIPLY", across, 0.12))
    made.feed("Base Color", made.mix(made.node("MapRange", near, 0.09, 0.25, 1.0, 0.0).outputs[0], skin, (*hollow, 1)))
    return made


def petal_skin() -> Material:
    """Deep orange at the foot, yellow at the tip."""
    made = Material("petal", rough=0.6, **{"Specular IOR Level": 0.2})
    along = made.node("SeparateXYZ", made.coords("Generated")).outputs[1]
    color = made.ramp(along, (0.0, (0.62, 0.21, 0.001)), (0.35, (0.82, 0.43, 0.001)), (1.0, (0.88, 0.53, 0.002)))
    luck = made.node("ObjectInfo").outputs["Random"]
    shade = made.node("MapRange", luck, 0.0, 1.0, 0.85, 1.08).outputs[0]
    color = made.mix(1.0, color, shade, "MULTIPLY")
    made.feed("Base Color", color)
    made.bump(made.noise(made.coords("Generated", (16, 0.7, 1)), detail=2), 0.6)
    made.translucent(0.35, color)
    return made


def leaf_skin() -> Material:
    """Green with pale veins."""
    made = Material("leaf", rough=0.45)
    place = made.node("SeparateXYZ", made.coords("Generated"))
    side = made.math("ABSOLUTE", made.math("SUBTRACT", place.outputs[0], 0.5))
    slant = made.math("SUBTRACT", place.outputs[1], made.math("MULTIPLY", side, 0.6))
    ribs = made.math("PINGPONG", made.math("MULTIPLY", slant, 14.0), 1.0)
    vein = made.math("MINIMUM", made.math("MULTIPLY", side, 22.0), made.math("MULTIPLY", ribs, 3.5))
    cloud = made.noise(made.coords(scale=(5, 5, 5)))
    green = made.ramp(cloud, (0.3, (0.035, 0.105, 0.018)), (0.7, (0.075, 0.18, 0.03)))
    color = made.mix(made.ramp(vein, (0.0, (0.6,) * 3), (0.6, (0.0,) * 3)), green, (0.2, 0.33, 0.09, 1))
    made.feed("Base Color", color)
    made.bump(made.math("MINIMUM", vein, 1.0), 0.35)
    made.translucent(0.25, color)
    return made


# ---------------------------------------------------------------------------------------------- meshes
def add(
    group: str,
    name: str,
    verts: Iterable[Sequence[float]],
    faces: Faces,
    *skins: Material,
    second: Callable[[int], bool] | None = None,
    subdivide: int = 0,
    bevel: float = 0,
) -> Object:
    """Make a smooth-shaded mesh object of a group; `second` tells the faces of the second material."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata([tuple(v) for v in verts], [], faces)
    for skin in skins:
        mesh.materials.append(skin.data)
    for face in mesh.polygons:
        face.use_smooth = not bevel
        face.material_index = int(bool(second and second(face.index)))
    made = bpy.data.objects.new(name, mesh)
    if bevel:
        edge = made.modifiers.new("bevel", "BEVEL")
        edge.width, edge.segments = bevel, 3
    if subdivide:
        smooth = made.modifiers.new("smooth", "SUBSURF")
        smooth.levels = smooth.render_levels = subdivide
    if group not in bpy.data.collections:
        bpy.context.scene.collection.children.link(bpy.data.collections.new(group))
    bpy.data.collections[group].objects.link(made)
    return made


def copy(made: Object, where: Matrix) -> Object:
    """Place another object that shares the mesh of one already there."""
    other = made.copy()
    other.matrix_world = where
    made.users_collection[0].objects.link(other)
    return other


def box(group: str, low: Sequence[float], high: Sequence[float], skin: Material, bevel: float = 0.02) -> Object:
    """A block between two corners, its edges rounded."""
    size, middle = Vector(high) - Vector(low), (Vector(high) + Vector(low)) / 2
    verts = [(x * size.x / 2, y * size.y / 2, z * size.z / 2) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    made = add(group, group, verts, faces, skin, bevel=bevel)
    made.location = middle
    return made


def lathe(
    group: str,
    profile: Sequence[tuple[float, float]],
    *skins: Material,
    inner: int = 99,
    shape: Callable[[float, float, float], tuple[float, float]] | None = None,
    subdivide: int = 2,
    sides: int = 64,
) -> Object:
    """Turn (radius, height) pairs, from the bottom axis outwards; from `inner` on in the second skin."""
    verts = []
    for radius, height in profile:
        for k in range(sides):
            turn = 2 * math.pi * k / sides
            r, z = shape(radius, height, turn) if shape else (radius, height)
            verts.append((r * math.cos(turn), r * math.sin(turn), z))
    faces: Faces = [
        (i * sides + k, i * sides + (k + 1) % sides, (i + 1) * sides + (k + 1) % sides, (i + 1) * sides + k)
        for i in range(len(profile) - 1)
        for k in range(sides)
    ]
    return add(group, group, verts, faces, *skins, second=lambda n: n // sides >= inner, subdivide=subdivide)


def curve(points: Sequence[Sequence[float]], count: int = 40) -> list[Vector]:
    """Points of a Catmull-Rom curve through the given ones."""
    knots = [Vector(p) for p in points]
    knots = [2 * knots[0] - knots[1], *knots, 2 * knots[-1] - knots[-2]]
    made = []
    for n in range(count + 1):
        place = n / count * (len(knots) - 3)
        i = min(int(place), len(knots) - 4)
        t, (a, b, c, d) = place - i, knots[i : i + 4]
        made.append((2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3) / 2)
    return made


def tube(
    group: str,
    path: Sequence[Vector],
    thick: Callable[[float], tuple[float, float]],
    skin: Material,
    side: Sequence[float] = (0, 1, 0),
    sides: int = 20,
) -> Object:
    """Sweep an ellipse along a path; `thick` gives its half axes (along `side`, across) at 0..1."""
    verts: list[Vector] = []
    for i, point in enumerate(path):
        ahead = (path[min(i + 1, len(path) - 1)] - path[max(i - 1, 0)]).normalized()
        across = (Vector(side) - ahead * ahead.dot(Vector(side))).normalized()
        up, (a, b) = ahead.cross(across), thick(i / (len(path) - 1))
        turns = [2 * math.pi * k / sides for k in range(sides)]
        verts += [point + across * a * math.cos(turn) + up * b * math.sin(turn) for turn in turns]
    faces: Faces = [
        (i * sides + k, i * sides + (k + 1) % sides, (i + 1) * sides + (k + 1) % sides, (i + 1) * sides + k)
        for i in range(len(path) - 1)
        for k in range(sides)
    ]
    last = (len(path) - 1) * sides
    faces += [tuple(range(sides))[::-1], tuple(range(last, last + sides))]
    return add(group, group, verts, faces, skin)


def blade(
    group: str,
    name: str,
    length: float,
    width: Callable[[float], float],
    rise: Callable[[float, float], float],
    skin: Material,
) -> Object:
    """A thin petal or leaf along +y; `rise(across, along)` bends it, with across in -1..1, along in 0..1."""
    rows, columns = 24, 8
    verts = [
        (width(j / rows) * (2 * i / columns - 1), length * j / rows, rise(2 * i / columns - 1, j / rows))
        for j in range(rows + 1)
        for i in range(columns + 1)
    ]
    step = columns + 1
    faces: Faces = [
        (j * step + i, j * step + i + 1, (j + 1) * step + i + 1, (j + 1) * step + i)
        for j in range(rows)
        for i in range(columns)
    ]
    return add(group, name, verts, faces, skin, subdivide=1)


# ---------------------------------------------------------------------------------------------- things
def cup(group: str, where: tuple[float, float], glaze_skin: Material, inside: Material, turn: float) -> None:
    """A cup of coffee, its handle turned from +x."""
    profile = [
        (0.001, 0.035),
        (0.22, 0.035),
        (0.245, 0.0),
        (0.29, 0.0),
        (0.325, 0.03),
        (0.395, 0.16),
        (0.435, 0.36),
        (0.45, 0.6),
        (0.455, 0.85),
        (0.453, 0.895),
        (0.442, 0.915),
        (0.425, 0.915),
        (0.413, 0.895),
        (0.408, 0.85),
        (0.403, 0.6),
        (0.385, 0.36),
        (0.34, 0.19),
        (0.25, 0.1),
        (0.001, 0.09),
    ]
    coffee = Material("coffee", rough=0.06, **{"Specular IOR Level": 0.12})
    far = coffee.node("VectorMath", coffee.coords(scale=(1, 1, 0)), operation="LENGTH").outputs["Value"]
    cloud = coffee.noise(coffee.coords(scale=(9, 9, 9)))
    foam = coffee.math("ADD", far, coffee.math("MULTIPLY", cloud, 0.06))
    coffee.feed(
        "Base Color",
        coffee.ramp(foam, (0.36, (0.022, 0.008, 0.003)), (0.42, (0.10, 0.04, 0.014)), (0.46, (0.2, 0.09, 0.035))),
    )
    path = curve(
        [
            (0.432, 0, 0.74),
            (0.6, 0, 0.765),
            (0.74, 0, 0.69),
            (0.765, 0, 0.53),
            (0.68, 0, 0.36),
            (0.55, 0, 0.27),
            (0.402, 0, 0.25),
        ]
    )
    parts = [
        lathe(group, profile, glaze_skin, inside, inner=11),
        lathe(group, [(0.001, 0.80), (0.2, 0.80), (0.40, 0.80), (0.425, 0.802)], coffee, subdivide=1),
        tube(
            group, path, lambda t: (0.062 + 0.03 * abs(2 * t - 1) ** 6, 0.042 + 0.022 * abs(2 * t - 1) ** 6), glaze_skin
        ),
    ]
    place = Matrix.Translation((*where, 0)) @ Matrix.Rotation(turn, 4, "Z") @ Matrix.Scale(1.12, 4)
    for part in parts:
        part.matrix_world = place


def apple(group: str, where: tuple[float, float], skin: Material, size: float, turn: float, lean: float) -> None:
    """An apple that rests on its lowest point, with its stalk."""

    def lobes(radius: float, height: float, angle: float) -> tuple[float, float]:
        low = max(0.0, -height + 0.15)
        swell = 1 + (0.02 + 0.05 * low) * math.cos(5 * angle) + 0.015 * math.cos(2 * angle + 1)
        return radius * swell, height + 0.02 * math.cos(angle + 0.6) * radius

    profile = []
    for k in range(41):
        t = math.pi * (1 - k / 40)
        radius = math.sin(t) * (1 + 0.13 * math.cos(t)) + 0.001
        dip = 0.42 * math.exp(-((radius / 0.3) ** 2)) if k > 20 else -0.26 * math.exp(-((radius / 0.24) ** 2))
        profile.append((radius, 0.92 * math.cos(t) - dip))
    bark = Material("apple stem", (0.09, 0.05, 0.02), 0.7)
    path = curve([(0, 0, 0.45), (0.01, 0, 0.7), (0.05, 0.02, 0.88), (0.13, 0.03, 1.04)], 16)
    parts = [
        lathe(group, profile, skin, shape=lobes, subdivide=1),
        tube(group, path, lambda t: (0.032 + 0.025 * t**4, 0.032 + 0.025 * t**4), bark),
    ]
    tilt = Matrix.Rotation(lean, 4, "Y") @ Matrix.Rotation(turn, 4, "Z") @ Matrix.Scale(size, 4)
    lowest = min((tilt @ v.co).z for v in parts[0].data.vertices)
    for part in parts:
        part.matrix_world = Matrix.Translation((*where, -lowest)) @ tilt


def sunflower(where: tuple[float, float], luck: random.Random) -> None:
    """A sunflower whose stem stands in the vase at a place."""
    x, y = where
    group, petals, leaves = "flower", petal_skin(), leaf_skin()
    green = Material("stem", (0.10, 0.20, 0.04), 0.5)
    head = Vector((x + 0.04, y - 0.1, 2.2))
    facing = Vector((-0.2, -1, 0.2)).to_track_quat("Z", "Y").to_matrix().to_4x4()
    frame = Matrix.Translation(head) @ facing
    # Stem: from inside the vase up to the back of the head.
    back = frame @ Vector((0, 0, -0.1))
    behind = frame @ Vector((0, 0, -0.24))
    knots = [(x + 0.02, y + 0.02, 0.12), (x + 0.01, y, 0.9), (x + 0.03, y + 0.05, 1.5), behind, back]
    path = curve(knots, 48)
    tube(group, path, lambda t: (0.045 + 0.05 * t**12, 0.045 + 0.05 * t**12), green)
    # Head: a green dish, a domed disc of seeds in golden-angle order, two rings of petals, bracts behind.
    profile = [(0.001, -0.15), (0.1, -0.14), (0.25, -0.09), (0.345, -0.01), (0.33, 0.03), (0.001, 0.045)]
    dish = lathe(group, profile, green, sides=48)
    dish.matrix_world = frame
    seeds = Material("seeds", rough=0.75)
    place = seeds.node("VectorMath", seeds.coords(scale=(1, 1, 0)), operation="LENGTH").outputs["Value"]
    mottle = seeds.math("MULTIPLY", seeds.noise(seeds.coords(scale=(22, 22, 22))), 0.06)
    seeds.feed(
        "Base Color",
        seeds.ramp(
            seeds.math("ADD", place, mottle),
            (0.06, (0.10, 0.085, 0.02)),
            (0.17, (0.035, 0.018, 0.008)),
            (0.29, (0.022, 0.010, 0.006)),
            (0.35, (0.11, 0.045, 0.008)),
            (0.39, (0.26, 0.11, 0.012)),
        ),
    )
    verts: list[Vector] = []
    faces: Faces = []
    total = 620
    for n in range(total):
        r, turn = 0.35 * math.sqrt((n + 0.5) / total), n * math.pi * (3 - math.sqrt(5))
        dome = 0.06 + 0.05 * math.sin(math.pi * (r / 0.35) ** 1.3)
        foot = Vector((r * math.cos(turn), r * math.sin(turn), dome))
        size, tall = 0.0155, 0.035 + luck.uniform(0, 0.012) + 0.03 * (r / 0.35) ** 3
        start = len(verts)
        for level, wide in ((-0.03, 0.9), (0.5 * tall, 1.0), (tall, 0.45)):
            corners = [turn + k * math.pi / 3 for k in range(6)]
            verts += [foot + Vector((wide * size * math.cos(a), wide * size * math.sin(a), level)) for a in corners]
        faces += [
            (start + 6 * i + k, start + 6 * i + (k + 1) % 6, start + 6 * i + 6 + (k + 1) % 6, start + 6 * i + 6 + k)
            for i in range(2)
            for k in range(6)
        ]
        faces.append(tuple(start + 12 + k for k in range(6)))
    add(group, "seeds", verts, faces, seeds).matrix_world = frame
    for ring, (count, length, tilt, skin) in enumerate(
        ((19, 0.50, 14, petals), (20, 0.53, 3, petals), (22, 0.36, -16, green))
    ):
        shapes = []
        for variant in range(4):
            bend, twist = luck.uniform(-0.12, 0.07) - 0.05 * ring, luck.uniform(-0.05, 0.05)
            shapes.append(
                blade(
                    group,
                    f"petal {ring} {variant}",
                    length,
                    lambda t: (
                        0.105 * (0.42 + 0.58 * math.sin(math.pi * min(1, t * 0.9 + 0.1) ** 0.9)) * (1 - t**5) ** 0.8
                    ),
                    lambda u, t, b=bend, w=twist: 0.028 * abs(u) ** 1.5 * (1 - t) + b * t * t + w * u * t,
                    skin,
                )
            )
        for n in range(count):
            turn = 2 * math.pi * (n + 0.5 * (ring % 2) + luck.uniform(-0.22, 0.22)) / count
            where_to = (
                frame
                @ Matrix.Rotation(turn, 4, "Z")
                @ Matrix.Translation((0, 0.29, 0.035 - 0.03 * ring))
                @ Matrix.Rotation(math.radians(tilt + luck.uniform(-7, 7)), 4, "X")
                @ Matrix.Rotation(luck.uniform(-0.25, 0.25), 4, "Y")
                @ Matrix.Diagonal((luck.uniform(0.9, 1.1), luck.uniform(0.88, 1.06), 1, 1))
            )
            copy(shapes[n % 4], where_to)
        for shape in shapes:
            bpy.data.objects.remove(shape)
    # Two leaves, each on a short stalk.
    for height, turn, droop, long in ((1.30, -1.95, -0.15, 0.66), (1.5, 0.95, 0.1, 0.58)):
        foot = min(path, key=lambda p, h=height: abs(p.z - h))
        out = Vector((math.cos(turn + math.pi / 2), -0.35, 0)).normalized()
        joint = foot + out * 0.2 + Vector((0, 0, 0.12))
        tube(
            group,
            curve([foot, foot + out * 0.1 + Vector((0, 0, 0.08)), joint + out * 0.03], 12),
            lambda t: (0.018, 0.018),
            green,
            side=(0.3, 1, 0.2),
        )
        leaf = blade(
            group,
            "leaf",
            long,
            lambda t, n=long: 0.46 * n * math.sin(math.pi * min(1, 0.02 + 0.98 * t) ** 0.62) ** 0.85 * (1 - t**6),
            lambda u, t, n=long, d=droop: (
                n * (0.10 * abs(u) * (1 - 0.5 * t) - (0.3 - d) * t * t + 0.018 * u * u * math.sin(17 * t))
            ),
            leaves,
        )
        ahead = (out + Vector((0, 0, 0.25))).normalized()
        flat = Vector((0.1, -0.75, 0.9)) - ahead * ahead.dot(Vector((0.1, -0.75, 0.9)))
        flat.normalize()
        axes = Matrix((ahead.cross(flat), ahead, flat)).transposed().to_4x4()
        leaf.matrix_world = Matrix.Translation(joint) @ axes


def vase(where: tuple[float, float]) -> None:
    """A small stoneware vase."""
    clay = glaze("stoneware", (0.62, 0.58, 0.51), 0.38)
    profile = [
        (0.001, 0.03),
        (0.2, 0.03),
        (0.22, 0.0),
        (0.28, 0.0),
        (0.31, 0.03),
        (0.385, 0.2),
        (0.40, 0.38),
        (0.35, 0.58),
        (0.235, 0.74),
        (0.165, 0.86),
        (0.16, 0.96),
        (0.19, 1.04),
        (0.188, 1.055),
        (0.17, 1.055),
        (0.13, 0.96),
        (0.135, 0.86),
        (0.2, 0.73),
        (0.3, 0.56),
        (0.35, 0.38),
        (0.33, 0.2),
        (0.2, 0.08),
        (0.001, 0.07),
    ]
    lathe("vase", profile, clay).location = (*where, 0)


def book(low: float, middle: tuple[float, float], size: Sequence[float], turn: float, cloth: Color) -> None:
    """A bound book lying at a height, its spine turned from -y."""
    cover = Material("cloth", cloth, 0.7)
    cover.bump(cover.noise(cover.coords(scale=(90, 90, 90)), detail=2), 0.25)
    paper = Material("pages", (0.72, 0.66, 0.54), 0.8)
    sheets = paper.noise(paper.coords(scale=(2, 2, 120)), detail=1)
    paper.feed("Base Color", paper.ramp(sheets, (0.3, (0.5, 0.44, 0.34)), (0.65, (0.76, 0.70, 0.58))))
    w, d, h = size[0] / 2, size[1] / 2, size[2]
    board = 0.035
    parts = [
        box("books", (-w, -d, 0), (w, d, board), cover, 0.012),
        box("books", (-w, -d, h - board), (w, d, h), cover, 0.012),
        box("books", (-w, -d, 0), (w, -d + board, h), cover, 0.012),
        box("books", (-w + 0.04, -d + board, board), (w - 0.04, d - 0.05, h - board), paper, 0.004),
    ]
    gilt = Material("gilt", (0.75, 0.55, 0.22), 0.3, Metallic=1.0)
    for left, right in ((-0.8, -0.77), (-0.73, -0.72), (0.72, 0.73), (0.77, 0.8), (-0.25, 0.25)):
        high = h * (0.57 if right - left > 0.1 else 1) - 0.004
        corners = (w * left, -d - 0.004, h - high), (w * right, -d + 0.01, high)
        parts.append(box("books", *corners, gilt, 0.001))
    for part in parts:
        where = Matrix.Translation((*middle, low)) @ Matrix.Rotation(turn, 4, "Z")
        part.matrix_world = where @ Matrix.Translation(part.location)


def room(luck: random.Random) -> None:
    """The table, what stands far behind it, and the light of one window on the left."""
    oak = wood("oak", (0.085, 0.036, 0.014), (0.31, 0.155, 0.068))
    for n in range(7):
        low = -4.6 + n * 1.06
        box("room", (-7 + luck.uniform(-0.5, 0.5), low, -0.4), (7, low + 1.05, 0), oak, 0.02)
    plaster = Material("plaster", rough=0.9)
    plaster.feed(
        "Base Color",
        plaster.ramp(
            plaster.noise(plaster.coords(scale=(0.25, 0.25, 0.25))),
            (0.35, (0.33, 0.36, 0.32)),
            (0.7, (0.41, 0.43, 0.38)),
        ),
    )
    box("room", (-40, 15, -8), (40, 15.2, 30), plaster)
    box("room", (-40, -20, -8), (40, 15, -7.6), Material("floor", (0.16, 0.10, 0.06), 0.5))
    walnut = wood("walnut", (0.05, 0.022, 0.01), (0.16, 0.08, 0.04))
    box("room", (-2.6, 12.2, -6.5), (12, 14.9, -0.9), walnut, 0.05)
    for n, color in enumerate(
        (
            (0.35, 0.09, 0.05),
            (0.6, 0.5, 0.33),
            (0.09, 0.16, 0.2),
            (0.5, 0.45, 0.38),
            (0.10, 0.14, 0.09),
            (0.55, 0.3, 0.1),
        )
    ):
        left = 2.6 + 0.42 * n
        box(
            "room",
            (left, 13, -0.9),
            (left + 0.38, 14.5, 0.55 + luck.uniform(-0.25, 0.25)),
            Material("spine", color, 0.6),
        )
    frame = Material("frame", (0.55, 0.5, 0.42), 0.5)
    box("room", (-1.6, 14.8, 0.7), (1.7, 15, 6), frame)
    print_skin = Material("print", rough=0.6)
    print_skin.feed(
        "Base Color",
        print_skin.ramp(
            print_skin.noise(print_skin.coords(scale=(0.7, 0.7, 0.9))),
            (0.4, (0.6, 0.57, 0.5)),
            (0.55, (0.3, 0.32, 0.3)),
        ),
    )
    box("room", (-1.3, 14.75, 1.0), (1.4, 14.85, 6), print_skin)
    # Four panes; a dim world stands for the light that the rest of the room sends back.
    toward = Vector((11, 2.0, -6.0))
    axes = toward.to_track_quat("-Z", "Y").to_matrix().to_4x4()
    for across in (-1, 1):
        for up in (-1, 1):
            pane = bpy.data.lights.new("pane", "AREA")
            pane.shape, pane.size, pane.size_y = "RECTANGLE", 3.7, 4.7
            pane.energy, pane.color = 1400, (1.0, 0.95, 0.88)
            lamp = bpy.data.objects.new("pane", pane)
            lamp.matrix_world = (
                Matrix.Translation((-11, -2.2, 6.8)) @ axes @ Matrix.Translation((2.05 * across, 2.55 * up, 0))
            )
            bpy.context.scene.collection.objects.link(lamp)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    world.node_tree.nodes["Background"].inputs[0].default_value = (0.95, 0.92, 0.86, 1)
    world.node_tree.nodes["Background"].inputs[1].default_value = 0.17
    bpy.context.scene.world = world


def camera(where: Sequence[float], target: Sequence[float], focus: Sequence[float], lens: float) -> None:
    """Look from a place at a target, sharp at the distance of the focus."""
    data = bpy.data.cameras.new("camera")
    data.lens, data.dof.use_dof = lens, True
    data.dof.aperture_fstop, data.dof.aperture_blades = 0.4, 0  # f/4 at this scale
    made = bpy.data.objects.new("camera", data)
    ahead = Vector(target) - Vector(where)
    made.matrix_world = Matrix.Translation(where) @ ahead.to_track_quat("-Z", "Y").to_matrix().to_4x4()
    data.dof.focus_distance = (Vector(focus) - Vector(where)).dot(ahead.normalized())
    bpy.context.scene.collection.objects.link(made)
    bpy.context.scene.camera = made


# -------------------------------------------------------------------------------------------- pictures
def build(picture: str) -> tuple[int, int]:
    """Set up a picture from nothing; returns its size."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    luck = random.Random(7)
    room(luck)
    white = glaze("white", (0.72, 0.70, 0.66))
    if picture == "still_life":
        vase((-1.45, 0.25))
        sunflower((-1.45, 0.25), luck)
        cup("cup", (-0.32, -0.15), glaze("blue", (0.035, 0.13, 0.34)), white, -0.35)
        apple(
            "red_apple",
            (0.99, -0.5),
            apple_skin("red", (0.36, 0.012, 0.014), (0.55, 0.13, 0.035), (0.40, 0.30, 0.06), 1.0),
            0.41,
            0.8,
            0.14,
        )
        apple(
            "green_apple",
            (2.0, 0.15),
            apple_skin("green", (0.25, 0.40, 0.035), (0.42, 0.52, 0.09), (0.22, 0.24, 0.05), 1.4),
            0.43,
            2.2,
            -0.12,
        )
        camera((0, -9, 3.3), (0, 0, 1.26), (0, -0.35, 0.5), 63)
        return 1600, 1200
    cup("red_cup", (-0.98, -0.1), glaze("red", (0.42, 0.02, 0.018)), white, math.pi + 0.45)
    cup("blue_cup", (0.88, -0.25), glaze("blue", (0.025, 0.10, 0.36)), white, -0.4)
    book(0.0, (0.05, 1.3), (2.1, 1.5, 0.36), math.pi + 0.07, (0.05, 0.10, 0.075))
    book(0.36, (0.0, 1.2), (1.8, 1.25, 0.27), -0.13, (0.46, 0.27, 0.075))
    camera((0.1, -8.4, 3.3), (0, 0, 0.52), (0, -0.45, 0.5), 75)
    return 1200, 900


def strip(path: Path) -> None:
    """Take out of a JPEG or PNG file what is not picture: Blender's notes of render times and the like."""
    data = path.read_bytes()
    if path.suffix == ".png":
        kept, at = data[:8], 8
        while at < len(data):
            end = at + 12 + int.from_bytes(data[at : at + 4], "big")
            if data[at + 4 : at + 8] in (b"IHDR", b"IDAT", b"IEND"):
                kept += data[at:end]
            at = end
    else:
        kept, at = data[:2], 2
        while data[at + 1] != 0xDA:  # up to the start of the scan
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if data[at + 1] != 0xFE:
                kept += data[at:end]
            at = end
    path.write_bytes(kept + data[at:])


def render(picture: str, alpha: str | None, scale: float, samples: int) -> None:
    """Write a picture, or with `alpha` the soft matte of that thing in it."""
    width, height = build(picture)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = samples
    scene.render.resolution_x, scene.render.resolution_y = round(width * scale), round(height * scale)
    for name in dir(scene.render):  # nothing about this machine goes into the files
        if name.startswith("use_stamp"):
            setattr(scene.render, name, False)
    image = scene.render.image_settings
    if alpha is None:
        scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
        scene.cycles.max_bounces, scene.cycles.sample_clamp_indirect = 5, 4
        scene.cycles.adaptive_threshold, scene.cycles.adaptive_min_samples = 0.03, 32
        scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
        scene.view_settings.view_transform = "AgX"
        scene.view_settings.look = "AgX - Medium High Contrast"
        image.file_format, image.quality = "JPEG", 92
        scene.render.filepath = str(HERE / f"{picture}.jpg")
    else:
        scene.cycles.use_adaptive_sampling = scene.cycles.use_denoising = False
        scene.cycles.max_bounces, scene.render.film_transparent = 0, True
        plain = Material("plain", (0, 0, 0))  # only coverage counts: no textures, no light
        scene.view_layers[0].material_override = plain.data
        for lamp in scene.collection.objects:
            lamp.hide_render = lamp.type == "LIGHT"
        for group in scene.collection.children:
            for thing in group.objects:
                thing.is_holdout = group.name != alpha
        scene.use_nodes = True  # the picture becomes the coverage itself
        nodes = scene.node_tree.nodes
        nodes.clear()
        scene.node_tree.links.new(
            nodes.new("CompositorNodeRLayers").outputs["Alpha"], nodes.new("CompositorNodeComposite").inputs["Image"]
        )
        scene.view_settings.view_transform, scene.render.dither_intensity = "Raw", 0
        image.file_format, image.color_mode, image.color_depth = "PNG", "BW", "8"
        scene.render.filepath = str(HERE / f"{picture}_{alpha}.png")
    bpy.ops.render.render(write_still=True)
    strip(Path(scene.render.filepath))


def main() -> None:
    """Render what the command line asks for."""
    parser = argparse.ArgumentParser(description="Render the sample pictures of RIM Editor.")
    parser.add_argument("--picture", choices=tuple(MATTES), help="only this one")
    parser.add_argument("--alpha", metavar="NAME", help="only the matte of NAME, e.g. cup (needs --picture)")
    parser.add_argument("--scale", type=float, default=1.0, help="part of the full size, for a quick look")
    parser.add_argument("--samples", type=int, default=96, help="per pixel (two thirds for a matte)")
    given = parser.parse_args()
    if given.alpha and not given.picture:
        parser.error("--alpha needs --picture")
    for picture in (given.picture,) if given.picture else tuple(MATTES):
        if given.alpha is None:
            render(picture, None, given.scale, given.samples)
        for alpha in (given.alpha,) if given.alpha else () if given.picture else MATTES[picture]:
            render(picture, alpha, given.scale, max(1, given.samples * 2 // 3))


if __name__ == "__main__":
    main()
