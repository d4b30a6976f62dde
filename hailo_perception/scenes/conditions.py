# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What kind of drive a scene shows: road, weather, light, traffic, and the flaws of the lens."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

ROAD_KINDS = ('city', 'suburb', 'highway', 'rural')
WEATHERS = ('clear', 'overcast', 'rain', 'fog', 'snow')
DAYTIMES = ('day', 'dusk', 'night')

_KIND_WEIGHTS = (0.38, 0.25, 0.24, 0.13)
_WEATHER_WEIGHTS = (0.44, 0.27, 0.13, 0.08, 0.08)
_DAYTIME_WEIGHTS = (0.72, 0.13, 0.15)
_SPEED_RANGE_MPS = {
    'city': (5.0, 14.0),
    'suburb': (8.0, 16.0),
    'highway': (20.0, 30.0),
    'rural': (13.0, 25.0),
}
_FRACTIONS = ('traffic', 'people', 'scenery', 'curviness', 'hilliness', 'flaws', 'unusual')


@dataclass(frozen=True, slots=True)
class SceneConditions:
    """The circumstances of one drive; fractions are 0 (none) to 1 (as much as there is).

    `traffic`, `people` and `scenery` (all that stands beside the road) set how full the world
    is, `curviness` and `hilliness` how the road runs, `flaws` how bad lens and sensor are
    (0: a noise-free picture without vignetting, blur or compression). `unusual` is the share of
    vehicles that are buses, lorries or vans, and how many two-wheelers there are more.
    Raises ValueError for a name or a number outside its range.
    """

    kind: str = 'city'
    weather: str = 'clear'
    daytime: str = 'day'
    speed_mps: float = 12.0
    traffic: float = 0.6
    people: float = 0.5
    scenery: float = 1.0
    curviness: float = 0.5
    hilliness: float = 0.4
    flaws: float = 0.4
    bonnet: bool = False
    left_hand_traffic: bool = False
    unusual: float = 0.0

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ('kind', self.kind, ROAD_KINDS),
            ('weather', self.weather, WEATHERS),
            ('daytime', self.daytime, DAYTIMES),
        ):
            if value not in allowed:
                raise ValueError(f'{name} must be one of {", ".join(allowed)}, got {value!r}')
        for name in _FRACTIONS:
            value = getattr(self, name)
            if not 0.0 <= value <= 1.0:
                raise ValueError(f'{name} must be between 0 and 1, got {value!r}')
        if not 0.0 <= self.speed_mps <= 60.0:
            raise ValueError(f'speed_mps must be between 0 and 60, got {self.speed_mps!r}')


def random_conditions(random: Random) -> SceneConditions:
    """Draw a drive: everyday circumstances often, rare ones now and then."""
    kind = random.choices(ROAD_KINDS, _KIND_WEIGHTS)[0]
    slow = random.random() < 0.15
    low, high = _SPEED_RANGE_MPS[kind]
    return SceneConditions(
        kind=kind,
        weather=random.choices(WEATHERS, _WEATHER_WEIGHTS)[0],
        daytime=random.choices(DAYTIMES, _DAYTIME_WEIGHTS)[0],
        speed_mps=5.0 if slow else random.uniform(low, high),
        traffic=1.0 if slow else random.random() ** 0.7,
        people=random.random(),
        scenery=1.0 - 0.5 * random.random() ** 2,
        curviness=random.random(),
        hilliness=random.random(),
        flaws=random.random() ** 1.5,
        bonnet=random.random() < 0.35,
        left_hand_traffic=random.random() < 0.12,
    )
