"""ICC profiles made of numbers: the chromaticities of a colour space, and the curve from its values to light.

With these, whatever a file says of its colours comes down to one thing, a profile, and LittleCMS converts from it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Curve = Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """From encoded values, 0 to 1, to light, of which 1 is white."""

_XY = tuple[float, float]
_D50 = (0.9642, 1.0, 0.8249)
_BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_SAMPLES = 4096
_PAPER = 203.0
"""Candela per square metre of a sheet of paper in HDR; ITU-R BT.2408."""
_KNEE = 0.75
"""Light, as a share of paper white, from which on HDR is compressed."""


@dataclass(frozen=True)
class Chromaticities:
    """The white point and the three primaries of a colour space: x and y of CIE 1931."""

    white: _XY
    red: _XY
    green: _XY
    blue: _XY


BT709 = Chromaticities((0.3127, 0.3290), (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
"""Those of sRGB, too."""
ADOBE_RGB = Chromaticities((0.3127, 0.3290), (0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def profile(chromaticities: Chromaticities, curve: Curve) -> bytes:
    """An ICC profile, version 2.4, of an RGB space. Raises ValueError when the chromaticities span none."""
    import numpy as np

    light = np.clip(curve(np.linspace(0, 1, _SAMPLES)), 0, 1)
    samples = np.rint(light * 65535).astype(">u2").tobytes()
    columns = zip((b"rXYZ", b"gXYZ", b"bXYZ"), _columns(chromaticities), strict=True)
    data = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 8) + b"numbers\0" + bytes(8 + 3 + 67),
        b"cprt": b"text" + bytes(4) + b"none\0",
        b"wtpt": _xyz(_D50),
        **{name: _xyz(column) for name, column in columns},
        b"TRC ": b"curv" + bytes(4) + struct.pack(">I", _SAMPLES) + samples,
    }
    table, body = b"", b""
    start = 128 + 4 + 12 * (len(data) + 2)
    for name, content in data.items():
        # The three channels share one curve.
        for tag in (b"rTRC", b"gTRC", b"bTRC") if name == b"TRC " else (name,):
            table += tag + struct.pack(">II", start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    table = struct.pack(">I", len(data) + 2) + table
    header = struct.pack(">I4sI", 128 + len(table) + len(body), bytes(4), 0x02400000) + b"mntrRGB XYZ "
    header += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _xyz(_D50)[8:] + bytes(48)
    return header + table + body


def power(exponent: float) -> Curve:
    """The curve of a screen that has this gamma."""
    return lambda value: value**exponent


def narrow(curve: Curve) -> Curve:
    """The same for values of which 16 of 255 are black and 235 white, as in video."""

    def widened(value: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        return curve(np.clip((value * 255 - 16) / 219, 0, 1))

    return widened


def srgb(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """The curve of IEC 61966-2-1."""
    import numpy as np

    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def pq(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Perceptual quantiser, SMPTE ST 2084, its lights compressed to what fits on a screen."""
    import numpy as np

    root = value ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return _compressed(light * 10_000 / _PAPER)


def hlg(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hybrid log-gamma, ITU-R BT.2100, on a screen of 1,000 cd/m2, its lights compressed to what fits on another."""
    import numpy as np

    scene = np.where(value <= 0.5, value**2 / 3, (np.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return _compressed(scene**1.2 * 1000 / _PAPER)


def _compressed(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light as it is up to the knee; beyond, everything, however bright, up to 1."""
    import numpy as np

    room = 1 - _KNEE
    beyond = np.maximum(light - _KNEE, 0) / room
    return np.asarray(np.minimum(light, _KNEE) + room * beyond / (1 + beyond), np.float64)


def _columns(of: Chromaticities) -> tuple[tuple[float, ...], ...]:
    """XYZ of the three primaries at full light, adapted to D50 by Bradford's transform."""
    import numpy as np

    points = np.array([(x, y, 1 - x - y) for x, y in (of.red, of.green, of.blue, of.white)]).T
    primaries, white = points[:, :3], points[:, 3]
    if not np.isfinite(points).all() or white[1] <= 0 or abs(np.linalg.det(primaries)) < 1e-6:
        raise ValueError("its primaries span no colours")
    white = white / white[1]
    bradford = np.array(_BRADFORD)
    cones = (bradford @ _D50) / (bradford @ white)
    adapted = np.linalg.inv(bradford) @ np.diag(cones) @ bradford
    columns = adapted @ primaries * np.linalg.solve(primaries, white)
    if not np.isfinite(columns).all() or np.abs(columns).max() > 100:
        raise ValueError("its primaries span no colours")
    return tuple(tuple(column) for column in columns.T)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(value * 65536) for value in values))
