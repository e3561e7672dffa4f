"""The six position relations between two entities of a scene (RIM section 3.2), and when they surely hold."""

from __future__ import annotations

from training.scene import Scene

OPPOSITE = {"left": "right", "right": "left", "top": "bottom", "bottom": "top", "front": "behind", "behind": "front"}
"""`a` stands in a relation to `b` exactly when `b` stands in the opposite one to `a`."""
RELATIONS = tuple(OPPOSITE)
MARGIN = 0.12
"""Distance of centres, in sides of the scene, that makes 'left of' sure."""


def holds(scene: Scene, relation: str, a: int, b: int, margin: float = MARGIN) -> bool:
    """Whether entity `a` of the scene stands in `relation` to entity `b`.

    Left, right, top and bottom by the centres of what is visible, at least `margin` apart (a negative margin asks
    whether it might be taken to hold); in front and behind by true occlusion.
    """
    first, second = scene.placed[a], scene.placed[b]
    dx, dy = first.center[0] - second.center[0], first.center[1] - second.center[1]
    return {
        "left": -dx > margin,
        "right": dx > margin,
        "top": -dy > margin,
        "bottom": dy > margin,
        "front": b in first.occludes,
        "behind": a in second.occludes,
    }[relation]
