"""Where the image is in the window: zoom and pan as arithmetic on frozen data, without Qt.

Windows are measured in device pixels, so that zoom 1 is one pixel of the image on one of the screen,
at any scaling of the desktop. A point is x, y, (0, 0) the upper left corner: of the window in pixels of the
device, or of the image in its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rim_editor.documents.document import Point

MAX_ZOOM = 32.0
"""The largest zoom."""
MAX_SMOOTH_ZOOM = 2.0
"""Up to this zoom pixels are blended; above it they are shown as squares."""
MAX_FIT = 4.0
"""The largest zoom at which an image is fitted."""
_SMALLEST_LEVEL = 256  # as rendering.Renderer: reducing ends when the longest side is no more than this
_NOTCH = 1.25  # zoom by one notch of a wheel
_PER_PIXEL = 1.004  # zoom by one pixel of a touchpad
_STEP = 64.0  # logical pixels of a step by an arrow key or a notch
_GRIP = 48.0  # device pixels by which the image cannot be pushed out


@dataclass(frozen=True)
class Viewport:
    """An image seen through a window. Make the first one with `fitted`."""

    image: tuple[int, int]
    """Width and height in pixels."""
    window: tuple[int, int]
    """Width and height in device pixels."""
    zoom: float
    """Pixels of the device per pixel of the image."""
    centre: Point
    """The point of the image that is in the middle of the window."""
    fitting: bool
    """Whether the image is fitted again when the window changes; false after the first zoom or pan."""
    margin: int = 0
    """Pixels of the device left free around a fitted image."""

    @property
    def fit(self) -> float:
        """The zoom at which the whole image is seen; a small image is not blown up beyond `MAX_FIT`."""
        room = (max(side - 2 * self.margin, 1) for side in self.window)
        return min(MAX_FIT, *(free / side for free, side in zip(room, self.image, strict=True)))

    @property
    def least(self) -> float:
        """The smallest zoom: an eighth of the fit, and never so large that 100 % is out of reach."""
        return min(self.fit / 8, 1.0)

    @property
    def level(self) -> int:
        """The smallest level of the pyramid with at least one of its pixels for each pixel of the device."""
        return self._level(self.zoom)

    @property
    def coarse_level(self) -> int:
        """The level at which the whole image fits the window: quick to render and useful."""
        return self._level(self.fit)

    @property
    def origin(self) -> tuple[int, int]:
        """Where the image's upper left corner is drawn: whole device pixels, so that panning only shifts."""
        x, y = self.to_window((0.0, 0.0))
        return round(x), round(y)

    def to_window(self, point: Point) -> Point:
        """The point of the window at which a point of the image is shown."""
        return (
            (point[0] - self.centre[0]) * self.zoom + self.window[0] / 2,
            (point[1] - self.centre[1]) * self.zoom + self.window[1] / 2,
        )

    def to_image(self, point: Point) -> Point:
        """The point of the image at a point of the window; outside of the image too."""
        return (
            (point[0] - self.window[0] / 2) / self.zoom + self.centre[0],
            (point[1] - self.window[1] / 2) / self.zoom + self.centre[1],
        )

    def fitted_again(self) -> Viewport:
        """The whole image in the window, and so again whenever the window changes."""
        return fitted(self.image, self.window, self.margin)

    def resized(self, window: tuple[int, int], margin: int | None = None) -> Viewport:
        """The same image in another window: fitted again while `fitting`, otherwise around the same centre."""
        margin = self.margin if margin is None else margin
        if self.fitting:
            return fitted(self.image, window, margin)
        changed = replace(self, window=window, margin=margin)
        # In a new window the fit is another, and so are the limits.
        changed = replace(changed, zoom=min(max(changed.zoom, changed.least), MAX_ZOOM))
        return replace(changed, centre=changed._limited(changed.centre))

    def zoomed(self, factor: float, at: Point) -> Viewport:
        """Zoomed by a factor, within the limits; what is at `at` in the window stays there.

        Outside of the image, the nearest point of it takes the place of `at`.
        """
        return self.at_zoom(self.zoom * factor, at)

    def zoomed_by_wheel(self, notches: float, at: Point) -> Viewport:
        """Zoomed in by notches of a wheel, or out when they are negative; `at` as in `zoomed`."""
        return self.zoomed(_NOTCH**notches, at)

    def zoomed_by_touchpad(self, pixels: float, at: Point) -> Viewport:
        """Zoomed in by the way of two fingers upwards, or out when it is negative; `at` as in `zoomed`."""
        return self.zoomed(_PER_PIXEL**pixels, at)

    def at_zoom(self, zoom: float, at: Point | None = None) -> Viewport:
        """At this zoom, within the limits; `at` as in `zoomed`, by default the middle of the window."""
        zoom = min(max(zoom, self.least), MAX_ZOOM)
        here = self.to_image(at or (self.window[0] / 2, self.window[1] / 2))
        x, y = (min(max(c, 0.0), float(side)) for c, side in zip(here, self.image, strict=True))
        ratio = self.zoom / zoom
        centre = (x + (self.centre[0] - x) * ratio, y + (self.centre[1] - y) * ratio)
        return replace(self, zoom=zoom, centre=centre, fitting=False)

    def stepped(self, steps: int, at: Point | None = None) -> Viewport:
        """At the next larger (+1) or smaller (-1) of the round zooms: powers of two and the halves between them."""
        # Rungs of the ladder: 2n is 2**n, 2n + 1 is 1.5 * 2**n.
        exponent = math.floor(math.log2(self.zoom) + 1e-9)
        rung = 2 * exponent + (self.zoom / 2.0**exponent >= 1.5 - 1e-9)
        on_it = math.isclose(self.zoom, _rung(rung), rel_tol=1e-6)
        if steps < 0 and not on_it:
            rung += 1
        return self.at_zoom(_rung(rung + steps), at)

    def panned(self, dx: float, dy: float) -> Viewport:
        """The image moved by device pixels; never out of the window. By nothing, as at a click, it goes on fitting."""
        if dx == dy == 0:
            return self
        wanted = (self.centre[0] - dx / self.zoom, self.centre[1] - dy / self.zoom)
        return replace(self, centre=self._limited(wanted), fitting=False)

    def panned_by_steps(self, across: float, down: float, ratio: float) -> Viewport:
        """Panned as arrow keys do; `ratio` is how many device pixels a logical one has."""
        return self.panned(across * _STEP * ratio, down * _STEP * ratio)

    def _limited(self, centre: Point) -> Point:
        return (self._limited_side(centre[0], 0), self._limited_side(centre[1], 1))

    def _limited_side(self, wanted: float, side: int) -> float:
        grip = min(_GRIP / self.zoom, float(self.image[side]))
        reach = self.window[side] / 2 / self.zoom
        least, most = grip - reach, self.image[side] - grip + reach
        # A zoom may have gone further than a pan could: no jump back, but no further either.
        least, most = min(least, self.centre[side]), max(most, self.centre[side])
        return min(max(wanted, least), most)

    def _level(self, zoom: float) -> int:
        deepest = max(0, math.ceil(math.log2(max(*self.image) / _SMALLEST_LEVEL)))
        return min(max(math.floor(math.log2(1 / zoom) + 1e-9), 0), deepest)


def fitted(image: tuple[int, int], window: tuple[int, int], margin: int = 0) -> Viewport:
    """The whole image in the middle of the window; sizes are width and height, all at least 1 pixel."""
    centre = (image[0] / 2, image[1] / 2)
    start = Viewport(image, (max(window[0], 1), max(window[1], 1)), 1.0, centre, True, margin)
    return replace(start, zoom=start.fit)


def _rung(number: int) -> float:
    return 2.0 ** (number // 2) * (1.5 if number % 2 else 1.0)
