# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""What the statistics and diagnostics say of the device."""

from __future__ import annotations

from collections.abc import Sequence
import math
from typing import Any

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticStatus  # noqa: E402

from hailo_perception.backends.base import DeviceHealth  # noqa: E402
from hailo_perception.backends.base import Outage  # noqa: E402
from hailo_perception.core.errors import Cause  # noqa: E402
from hailo_perception.pipeline.stage_clock import Stage  # noqa: E402
from hailo_perception.pipeline.telemetry import Telemetry  # noqa: E402
from hailo_perception.ros.input_report import CameraReport  # noqa: E402
from hailo_perception.ros.input_report import InputReport  # noqa: E402
from hailo_perception.ros.reasons import CameraState  # noqa: E402
from hailo_perception.ros.reasons import Reason  # noqa: E402
from hailo_perception.ros.reasons import ReasonCause  # noqa: E402
from hailo_perception.ros.statistics import NetworkAtWork  # noqa: E402
from hailo_perception.ros.statistics import Published  # noqa: E402
from hailo_perception.ros.statistics import to_diagnostics  # noqa: E402
from hailo_perception.ros.statistics import to_stats_message  # noqa: E402

UNKNOWN = DeviceHealth('CPU, 1 thread')
WARM = DeviceHealth(
    device='Hailo-8 0000:01:00.0',
    device_id='0000:01:00.0',
    architecture='HAILO8',
    temperature_c=47.25,
    temperatures_c=(46.5, 47.25),
    power_w=1.75,
    is_throttling=False,
    firmware_version='4.23.0',
    driver_version='4.23.0',
    library_version='4.23.0',
    recoveries=2,
    last_error='the device was away',
)
HOT = DeviceHealth(device='Hailo-8L 0000:02:00.0', temperature_c=71.5, power_w=1.0)
GONE = DeviceHealth(
    device='Hailo-8 0000:01:00.0',
    outage=Outage(12.34, 'waiting', 3, 'no Hailo device'),
    last_error='no Hailo device',
)


NO_PUBLISHER = Reason(ReasonCause.NO_PUBLISHER, 'nobody publishes /front', 'start the camera')
SILENT = Reason(ReasonCause.SILENT, 'images of /front stopped', 'look at the cable')
QOS = Reason(ReasonCause.INCOMPATIBLE_QOS, 'best-effort', 'set auto')
UNHEARD = Reason(ReasonCause.NO_SUBSCRIBER, 'nobody subscribes', 'subscribe')
TOO_SLOW = Reason(ReasonCause.TOO_SLOW, 'a frame takes 300 ms', 'choose a smaller model')
CLOCK = Reason(ReasonCause.CLOCK_JUMPED, 'the clock went back', 'nothing to do')
WELL = InputReport((CameraReport('front', '/front', CameraState.ACTIVE),))


def report(*reasons: Reason, state: CameraState = CameraState.ACTIVE) -> InputReport:
    """Report these reasons of the front camera."""
    return InputReport((CameraReport('front', '/front', state, reasons),))


def diagnose_all(
    health: DeviceHealth = UNKNOWN,
    inputs: InputReport = WELL,
    published: Published | None = None,
    telemetry: Telemetry | None = None,
    stamp_ns: int = 1,
    further: Sequence[NetworkAtWork] = (),
) -> list[tuple[DiagnosticStatus, dict[str, str]]]:
    """Give each status and its values."""
    array = to_diagnostics(
        (telemetry or Telemetry([each.camera for each in inputs.cameras])).snapshot(),
        node='/perception',
        networks=[NetworkAtWork('model', 'hailort', health), *further],
        inputs=inputs,
        published=published,
        stamp_ns=stamp_ns,
    )
    return [
        (status, {pair.key: pair.value for pair in status.values}) for status in array.status
    ]


def diagnose(
    health: DeviceHealth = UNKNOWN, inputs: InputReport = WELL, **facts: Any
) -> tuple[DiagnosticStatus, dict[str, str]]:
    """Give the pipeline's status and its values."""
    return diagnose_all(health, inputs, **facts)[0]


def test_what_is_unknown_is_called_so() -> None:
    status, values = diagnose(UNKNOWN)
    assert status.level == DiagnosticStatus.OK
    for key in (
        'device/id',
        'device/architecture',
        'device/temperature_c',
        'device/power_w',
        'device/throttling',
        'firmware_version',
        'driver_version',
        'hailort_version',
    ):
        assert values[key] == 'n/a'
    assert values['device/state'] == 'ready'
    assert values['device/last_error'] == 'none'


def test_what_is_known_is_told() -> None:
    status, values = diagnose(WARM)
    assert status.hardware_id == 'Hailo-8 0000:01:00.0'
    assert values['device/id'] == '0000:01:00.0'
    assert values['device/architecture'] == 'HAILO8'
    assert values['device/temperature_c'] == '47.25'
    assert values['device/temperature_0_c'] == '46.5'
    assert values['device/temperature_1_c'] == '47.25'
    assert values['device/power_w'] == '1.75'
    assert values['device/throttling'] == 'False'
    assert values['driver_version'] == '4.23.0'
    assert values['device/recoveries'] == '2'
    assert values['device/last_error'] == 'the device was away'


@pytest.mark.parametrize('inputs', [InputReport(), WELL, report(NO_PUBLISHER)])
def test_outage_is_an_error_whatever_else_there_is(inputs: InputReport) -> None:
    status, values = diagnose(GONE, inputs)
    assert status.level == DiagnosticStatus.ERROR
    assert status.message == (
        'hailort: recovering for 12 s (waiting, 3 attempts failed): no Hailo device'
    )
    assert values['device/state'] == 'recovering'
    assert values['device/activity'] == 'waiting'
    assert values['device/recovering_s'] == '12.3'
    assert values['device/failed_attempts'] == '3'


@pytest.mark.parametrize(
    ('health', 'temperature_c', 'power_w'),
    [(UNKNOWN, math.nan, math.nan), (WARM, 47.25, 1.75)],
)
def test_statistics_carry_temperature_and_power(
    health: DeviceHealth, temperature_c: float, power_w: float
) -> None:
    message = to_stats_message(
        Telemetry(['front']).snapshot(),
        networks=[NetworkAtWork('model', 'hailort', health)],
        window_s=10.0,
        stamp_ns=1,
    )
    assert message.device == health.device
    assert message.device_temperature_c == pytest.approx(temperature_c, nan_ok=True)
    assert message.device_power_w == pytest.approx(power_w, nan_ok=True)


@pytest.mark.parametrize(
    ('further', 'device', 'temperature_c', 'power_w'),
    [
        (WARM, 'Hailo-8 0000:01:00.0', 47.25, 1.75),
        (HOT, 'Hailo-8 0000:01:00.0, Hailo-8L 0000:02:00.0', 71.5, 2.75),
        (UNKNOWN, 'Hailo-8 0000:01:00.0, CPU, 1 thread', 47.25, 1.75),
    ],
    ids=['one-device', 'two-devices', 'one-that-tells-nothing'],
)
def test_statistics_of_two_networks(
    further: DeviceHealth, device: str, temperature_c: float, power_w: float
) -> None:
    """Every device is named once, the hottest tells its temperature, and powers add up."""
    message = to_stats_message(
        Telemetry(['front']).snapshot(),
        networks=[
            NetworkAtWork('model', 'hailort', WARM),
            NetworkAtWork('heads', 'onnx', further, 'head'),
        ],
        window_s=10.0,
        stamp_ns=1,
    )
    assert (message.model, message.backend, message.device) == ('model', 'hailort', device)
    assert message.device_temperature_c == pytest.approx(temperature_c)
    assert message.device_power_w == pytest.approx(power_w)


@pytest.mark.parametrize('main', [WARM, GONE], ids=['main-ready', 'main-lost'])
@pytest.mark.parametrize('further', [HOT, GONE], ids=['further-ready', 'further-lost'])
def test_a_further_network_has_a_status_of_its_own(
    main: DeviceHealth, further: DeviceHealth
) -> None:
    """The pipeline is in trouble when either is, and says which."""
    (pipeline, _), (heads, values), (camera, _) = diagnose_all(
        main, further=[NetworkAtWork('heads', 'onnx', further, 'head')]
    )
    assert heads.name == '/perception: head network'
    assert (heads.hardware_id, values['model'], values['backend']) == (
        further.device, 'heads', 'onnx'
    )
    assert values['device/temperature_c'] == str(further.temperature_c or 'n/a')
    assert camera.name == '/perception: camera front'
    outage = 'recovering for 12 s (waiting, 3 attempts failed): no Hailo device'
    if further is GONE:
        assert (heads.level, heads.message) == (
            DiagnosticStatus.ERROR, f'head network, onnx: {outage}'
        )
        assert values['device/activity'] == 'waiting'
    else:
        assert (heads.level, heads.message) == (DiagnosticStatus.OK, 'heads on onnx is ready')
        assert values['device/state'] == 'ready'
    troubles = [f'hailort: {outage}'] * (main is GONE)
    troubles += [f'head network, onnx: {outage}'] * (further is GONE)
    assert (pipeline.level == DiagnosticStatus.ERROR) == bool(troubles)
    assert pipeline.message == '; '.join(troubles) or '0.0 frames/s'


AUTOWARE_KEYS = {
    'num_cameras', 'num_waiting', 'num_stale', 'num_rejected', 'oldest_image_age_ms',
    'camera0/topic', 'camera0/state', 'camera0/image_age_ms',
    'processing_time_ms', 'preprocess_time_ms', 'inference_time_ms', 'postprocess_time_ms',
    'consecutive_processing_delay_ms', 'last_frame_timestamp', 'last_published_timestamp',
    'output_latency_ms', 'time_since_last_publish_ms',
}  # fmt: skip


def test_autowares_names_are_there_and_say_when_nothing_is_known() -> None:
    _, values = diagnose()
    assert set(values) >= AUTOWARE_KEYS
    unknown = {key for key in AUTOWARE_KEYS if values[key] == 'n/a'}
    assert AUTOWARE_KEYS - unknown == {
        'num_cameras', 'num_waiting', 'num_stale', 'num_rejected', 'camera0/topic',
        'camera0/state',
    }  # fmt: skip


def test_no_camera_at_all() -> None:
    ((status, values),) = diagnose_all(inputs=InputReport())
    assert status.level == DiagnosticStatus.OK
    assert values['num_cameras'] == '0'


def test_ages_and_latencies() -> None:
    """In milliseconds of the node's clock; never negative where a clock was set back."""
    inputs = InputReport(
        (
            CameraReport('a', '/a', CameraState.ACTIVE, (), 4_000_000_000, 0.25),
            CameraReport('b', '/b', CameraState.STALE, (SILENT,), 2_000_000_000, 2.5),
        )
    )
    now_ns = 5_000_000_000
    _, values = diagnose(
        inputs=inputs, published=Published(3_000_000_000, 3_125_000_000), stamp_ns=now_ns
    )
    assert values['last_frame_timestamp'] == '4.000000'
    assert values['oldest_image_age_ms'] == '2500.00'
    assert values['camera1/image_age_ms'] == '2500.00'
    assert values['last_published_timestamp'] == '3.000000'
    assert values['output_latency_ms'] == '125.00'
    assert values['time_since_last_publish_ms'] == '1875.00'
    assert (values['num_cameras'], values['num_stale']) == ('2', '1')
    _, values = diagnose(published=Published(9_000_000_000, 8_000_000_000), stamp_ns=now_ns)
    assert (values['output_latency_ms'], values['time_since_last_publish_ms']) == ('0.00', '0.00')
    # Simulated time that has not begun, or had not when the result went out.
    for now in (0, now_ns):
        _, values = diagnose(published=Published(3_000_000_000, 0), stamp_ns=now)
        assert values['output_latency_ms'] == values['time_since_last_publish_ms'] == 'n/a'


@pytest.mark.parametrize(
    ('inputs', 'pipeline', 'camera'),
    [
        (WELL, DiagnosticStatus.OK, DiagnosticStatus.OK),
        (report(UNHEARD), DiagnosticStatus.OK, DiagnosticStatus.OK),
        (report(NO_PUBLISHER), DiagnosticStatus.WARN, DiagnosticStatus.WARN),
        (report(SILENT), DiagnosticStatus.WARN, DiagnosticStatus.STALE),
        (report(QOS), DiagnosticStatus.ERROR, DiagnosticStatus.ERROR),
        (report(NO_PUBLISHER, QOS), DiagnosticStatus.ERROR, DiagnosticStatus.ERROR),
        (
            InputReport((*report(QOS).cameras, CameraReport('b', '/b', CameraState.ACTIVE))),
            DiagnosticStatus.WARN,
            DiagnosticStatus.ERROR,
        ),
        (
            InputReport(WELL.cameras, general=(CLOCK,)),
            DiagnosticStatus.WARN,
            DiagnosticStatus.OK,
        ),
        (
            InputReport(WELL.cameras, general=(TOO_SLOW,)),
            DiagnosticStatus.ERROR,
            DiagnosticStatus.OK,
        ),
    ],
    ids=['well', 'unheard', 'missing', 'silent', 'qos', 'both', 'one-of-two', 'clock', 'slow'],
)
def test_levels(inputs: InputReport, pipeline: bytes, camera: bytes) -> None:
    """The pipeline is lost only where no camera can give anything."""
    statuses = [status for status, _ in diagnose_all(inputs=inputs)]
    assert (statuses[0].level, statuses[1].level) == (pipeline, camera)


def test_each_camera_has_a_status_of_its_own() -> None:
    """With its counts, and each reason beside its remedy."""
    telemetry = Telemetry(['front', 'rear'])
    telemetry.received('rear')
    telemetry.dropped('rear', Cause.ENCODING)
    telemetry.received('front')
    telemetry.delivered('front', {Stage.TOTAL: 0.05})
    inputs = InputReport(
        (
            CameraReport('front', '/front', CameraState.ACTIVE, (), 0, 0.01),
            CameraReport('rear', '/rear', CameraState.WAITING_IMAGE, (NO_PUBLISHER, UNHEARD)),
        )
    )
    pipeline, front, rear = diagnose_all(inputs=inputs, telemetry=telemetry)
    assert [each[0].name for each in (pipeline, front, rear)] == [
        '/perception: pipeline', '/perception: camera front', '/perception: camera rear',
    ]  # fmt: skip
    assert pipeline[0].message == 'rear: nobody publishes /front; start the camera'
    assert front[0].message == '0.0 frames/s'
    assert front[1]['delivered_frames'] == '1'
    assert rear[0].message == (
        'nobody publishes /front; start the camera; nobody subscribes; subscribe'
    )
    assert rear[1]['state'] == 'waiting_image'
    assert rear[1]['dropped/encoding'] == '1'
    assert rear[1]['reason/no_publisher'] == 'nobody publishes /front'
    assert rear[1]['remedy/no_publisher'] == 'start the camera'
    assert rear[0].hardware_id == '/rear'
