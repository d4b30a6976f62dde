# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""Sun, sky and lamps: the light that a drive's weather and time of day give."""

from __future__ import annotations

from dataclasses import dataclass
import math
from random import Random

import numpy as np
from numpy.typing import NDArray

from hailo_perception.scenes.conditions import SceneConditions
from hailo_perception.scenes.mesh import Colour
from hailo_perception.scenes.mesh import toned


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of one drive; colours are BGR factors or 0..255 levels as named."""

    sun: NDArray[np.float32]  # (3,) unit vector towards the sun, world axes
    sun_strength: NDArray[np.float32]  # (3,) factor
    ambient: NDArray[np.float32]  # (3,) factor
    zenith: NDArray[np.float32]  # (3,) level
    horizon: NDArray[np.float32]  # (3,) level, also the colour of the haze
    cloud: NDArray[np.float32]  # (3,) level
    cloudiness: float
    haze_per_m: float
    headlights: float
    lamps: float
    wetness: float
    snow: float

    @property
    def casts_shadows(self) -> bool:
        """Whether the sun is strong enough for shadows with an outline."""
        return bool(self.sun_strength.max() > 0.15)


@dataclass(frozen=True, slots=True)
class _Sky:
    """Colours of the sky and the light that comes from it."""

    sun_strength: Colour
    ambient: Colour
    zenith: Colour
    horizon: Colour
    cloud: Colour


_DARKNESS = {'day': 0.0, 'dusk': 0.35, 'night': 1.0}
_SIGHT_M = {
    'clear': (900.0, 5000.0),
    'overcast': (500.0, 3000.0),
    'rain': (160.0, 700.0),
    'fog': (35.0, 160.0),
    'snow': (120.0, 700.0),
}


def random_lighting(random: Random, conditions: SceneConditions) -> Lighting:
    """Draw the light for the conditions."""
    weather, daytime = conditions.weather, conditions.daytime
    covered = weather != 'clear'
    elevation = random.uniform(0.3, 1.2) if daytime == 'day' else random.uniform(0.04, 0.2)
    azimuth = random.uniform(0.0, 2.0 * math.pi)
    sun = (
        math.cos(elevation) * math.sin(azimuth),
        math.cos(elevation) * math.cos(azimuth),
        math.sin(elevation),
    )
    sky = {'day': _day_sky, 'dusk': _dusk_sky, 'night': _night_sky}[daytime](random, covered)
    dark = _DARKNESS[daytime]
    return Lighting(
        sun=np.array(sun, np.float32),
        sun_strength=np.array(sky.sun_strength, np.float32),
        ambient=np.array(sky.ambient, np.float32),
        zenith=np.array(sky.zenith, np.float32),
        horizon=np.array(sky.horizon, np.float32),
        cloud=np.array(sky.cloud, np.float32),
        cloudiness=random.uniform(0.4, 1.0) if covered else random.random() ** 1.5,
        haze_per_m=1.0 / random.uniform(*_SIGHT_M[weather]),
        headlights=dark * random.uniform(0.5, 1.1),
        lamps=dark,
        wetness=random.uniform(0.4, 1.0) if weather == 'rain' else 0.0,
        snow=random.uniform(0.3, 1.0) if weather == 'snow' else 0.0,
    )


def _day_sky(random: Random, covered: bool) -> _Sky:
    if covered:
        power, level = random.uniform(0.0, 0.12), random.uniform(0.6, 0.85)
        grey = random.uniform(150.0, 235.0)
        zenith = (grey * 1.01, grey * 0.98, grey * 0.95)
        bright = min(255.0, grey * 1.1)
        horizon, cloud = (bright, bright, bright), toned(zenith, 0.86)
    else:
        power, level = random.uniform(0.4, 0.75), random.uniform(0.48, 0.68)
        blue = random.random()
        zenith = (225.0 - 25.0 * blue, 165.0 - 45.0 * blue, 120.0 - 55.0 * blue)
        horizon = (240.0, 230.0 - 15.0 * blue, 220.0 - 30.0 * blue)
        cloud = (250.0, 248.0, 246.0)
    warmth = random.uniform(0.0, 0.25)
    return _Sky(
        sun_strength=(power * (0.92 - 0.8 * warmth), power * 0.98, power * 1.04),
        ambient=(level * 1.08, level, level * 0.96),
        zenith=zenith,
        horizon=horizon,
        cloud=cloud,
    )


def _dusk_sky(random: Random, covered: bool) -> _Sky:
    dim = random.uniform(0.35, 0.75)
    warmth = 0.0 if covered else random.random()
    power = 0.0 if covered else 0.5
    return _Sky(
        sun_strength=toned((0.5, 0.75, 1.15), power * dim),
        ambient=toned((0.62, 0.56, 0.56), dim),
        zenith=toned((130.0, 130.0, 130.0) if covered else (150.0, 105.0, 80.0), dim),
        horizon=toned((190.0 - 110.0 * warmth, 190.0 - 30.0 * warmth, 190.0 + 65.0 * warmth), dim),
        cloud=toned((170.0, 155.0, 170.0), dim),
    )


def _night_sky(random: Random, covered: bool) -> _Sky:
    level = random.uniform(6.0, 30.0)
    glow = random.uniform(0.6, 1.6)
    horizon = toned((1.2, 1.15, 1.3), level * glow)
    return _Sky(
        sun_strength=(0.0, 0.0, 0.0),
        ambient=toned((1.15, 1.0, 0.95), random.uniform(0.05, 0.2)),
        zenith=horizon if covered else toned((1.2, 0.9, 0.75), level),
        horizon=horizon,
        cloud=horizon,
    )
