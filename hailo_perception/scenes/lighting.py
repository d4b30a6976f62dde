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
    warmth = random.uniform(0.0, 1.0) * (1.0 if daytime == 'dusk' else 0.25)
    if daytime == 'night':
        sun_strength = (0.0, 0.0, 0.0)
        ambient_level = random.uniform(0.05, 0.2)
        ambient = tuple(ambient_level * tone for tone in (1.15, 1.0, 0.95))
        sky = random.uniform(6.0, 30.0)
        glow = random.uniform(0.6, 1.6)
        zenith = (sky * 1.2, sky * 0.9, sky * 0.75)
        horizon = (sky * glow * 1.2, sky * glow * 1.15, sky * glow * 1.3)
        cloud = horizon
    elif daytime == 'dusk':
        dim = random.uniform(0.35, 0.75)
        power = 0.0 if covered else 0.5 * dim
        sun_strength = (power * 0.5, power * 0.75, power * 1.15)
        ambient = (0.62 * dim, 0.56 * dim, 0.56 * dim)
        zenith = (150.0 * dim, 105.0 * dim, 80.0 * dim)
        horizon = (
            (190.0 - 110.0 * warmth) * dim,
            (195.0 - 35.0 * warmth) * dim,
            (200.0 + 55.0 * warmth) * dim,
        )
        if covered:
            zenith, horizon = (130.0 * dim,) * 3, (165.0 * dim, 160.0 * dim, 158.0 * dim)
        cloud = (170.0 * dim, 150.0 * dim, 175.0 * dim)
    else:
        power = random.uniform(0.5, 0.85) if not covered else random.uniform(0.0, 0.12)
        sun_strength = (power * (0.92 - warmth * 0.2), power * 0.98, power * 1.04)
        level = random.uniform(0.38, 0.55) if not covered else random.uniform(0.6, 0.85)
        ambient = (level * 1.08, level, level * 0.96)
        blue = random.uniform(0.0, 1.0)
        zenith = (225.0 - 25.0 * blue, 165.0 - 45.0 * blue, 120.0 - 55.0 * blue)
        horizon = (240.0, 230.0 - 15.0 * blue, 220.0 - 30.0 * blue)
        if covered:
            grey = random.uniform(150.0, 235.0)
            zenith = (grey * 1.01, grey * 0.98, grey * 0.95)
            horizon = (min(255.0, grey * 1.1),) * 3
        cloud = (250.0, 248.0, 246.0) if not covered else tuple(0.86 * tone for tone in zenith)
    haze_m = {
        'clear': random.uniform(900.0, 5000.0),
        'overcast': random.uniform(500.0, 3000.0),
        'rain': random.uniform(160.0, 700.0),
        'fog': random.uniform(35.0, 160.0),
        'snow': random.uniform(120.0, 700.0),
    }[weather]
    if weather == 'fog':
        zenith = tuple(0.5 * (a + b) for a, b in zip(zenith, horizon))
    dark = {'night': 1.0, 'dusk': 0.35, 'day': 0.0}[daytime]
    return Lighting(
        sun=np.array(sun, np.float32),
        sun_strength=np.array(sun_strength, np.float32),
        ambient=np.array(ambient, np.float32),
        zenith=np.array(zenith, np.float32),
        horizon=np.array(horizon, np.float32),
        cloud=np.array(cloud, np.float32),
        cloudiness=random.random() ** 1.5 if not covered else random.uniform(0.4, 1.0),
        haze_per_m=1.0 / haze_m,
        headlights=dark * random.uniform(0.5, 1.1),
        lamps=dark,
        wetness=random.uniform(0.4, 1.0) if weather == 'rain' else 0.0,
        snow=random.uniform(0.3, 1.0) if weather == 'snow' else 0.0,
    )
