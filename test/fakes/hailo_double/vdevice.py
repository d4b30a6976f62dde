# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""The native VDevice and its models: who holds which card, and what configure() refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hailo_double.arguments import require_int
from hailo_double.arguments import require_type
from hailo_double.cards import Card
from hailo_double.chip import Chip
from hailo_double.enums import PowerMode
from hailo_double.enums import SchedulingAlgorithm
from hailo_double.hef_file import HefContent
from hailo_double.host_stream import HostStream
from hailo_double.host_stream import InferStreamSettings
from hailo_double.machine import Machine
from hailo_double.machine import version_of
from hailo_double.pipeline import Pipeline
from hailo_double.status import failure
from hailo_double.status import NATIVE_MODULE
from hailo_double.status import Status

UNIQUE_GROUP = 'UNIQUE'
_LARGEST_BATCH = 63
_LARGEST_BATCH_ARGUMENT = 0xFFFF
_QUEUE_BYTES = 32 * 1024 * 1024
_LONGEST_QUEUE = 32
_LONGEST_SERVICE_QUEUE = 8
_OLD_QUEUE = 4


class VDeviceParams:
    """Native parameters; the scheduler is off, as Python's create_params() sets it (rule 3)."""

    __module__ = NATIVE_MODULE

    def __init__(self) -> None:
        self._scheduling_algorithm = SchedulingAlgorithm.NONE
        self._group_id = UNIQUE_GROUP
        self._multi_process_service = False
        self._device_count = 1
        self._device_ids: list[str] = []

    @property
    def scheduling_algorithm(self) -> int:
        return int(self._scheduling_algorithm)

    @scheduling_algorithm.setter
    def scheduling_algorithm(self, algorithm: Any) -> None:
        self._scheduling_algorithm = require_type(algorithm, SchedulingAlgorithm)

    @property
    def group_id(self) -> str:
        return self._group_id

    @group_id.setter
    def group_id(self, group_id: str) -> None:
        self._group_id = require_type(group_id, str)

    @property
    def multi_process_service(self) -> bool:
        return self._multi_process_service

    @multi_process_service.setter
    def multi_process_service(self, is_used: bool) -> None:
        self._multi_process_service = require_type(is_used, bool)

    @property
    def device_count(self) -> int:
        return self._device_count

    @device_count.setter
    def device_count(self, count: int) -> None:
        self._device_count = require_int(count)

    @property
    def device_ids(self) -> list[str]:
        return list(self._device_ids)

    @device_ids.setter
    def device_ids(self, device_ids: list[str]) -> None:
        self._device_ids = [
            require_type(device_id, str) for device_id in require_type(device_ids, list)
        ]
        self._device_count = len(device_ids)


class SharedDevice:
    """The cards behind all VDevices of one group in this process."""

    def __init__(self, machine: Machine, params: VDeviceParams) -> None:
        self.machine = machine
        self.ids = params.device_ids
        self.count = params.device_count
        self.is_scheduled = bool(params.scheduling_algorithm)
        self.is_service = params.multi_process_service
        self.references = 1
        self.pipelines: list[Pipeline] = []
        group = params.group_id if params.multi_process_service else None
        self.cards = _take_cards(machine, params, None if group == UNIQUE_GROUP else group)
        self._generations = [card.generation for card in self.cards]

    def check_present(self) -> None:
        """Raise with the status of a card that left the bus since it was opened."""
        for card, generation in zip(self.cards, self._generations):
            if not card.is_present or card.generation != generation:
                raise failure(card.loss)
        if self.is_service and not self.machine.is_service_running:
            raise failure(Status.RPC_FAILED)


class NativeVDevice:
    """A handle on a shared device."""

    def __init__(self, machine: Machine, params: VDeviceParams) -> None:
        machine.enter('VDevice')
        self.machine = machine
        self.is_released = False
        _check_service(machine, params)
        if params.device_count == 0:
            raise failure(Status.INVALID_ARGUMENT)
        self._group_id = params.group_id
        groups = machine.shared_devices
        if params.group_id != UNIQUE_GROUP and params.group_id in groups:
            self.device = groups[params.group_id]
            if (self.device.ids, self.device.count) != (params.device_ids, params.device_count):
                raise failure(Status.INVALID_OPERATION)
            self.device.references += 1
        else:
            self.device = SharedDevice(machine, params)
            if params.group_id != UNIQUE_GROUP:
                groups[params.group_id] = self.device
        machine.count('VDevice', 1)

    def release(self) -> None:
        """Give the cards back with the last handle."""
        if self.is_released:
            return
        self.is_released = True
        self.device.references -= 1
        if not self.device.references:
            self.machine.shared_devices.pop(self._group_id, None)
            if self.device.pipelines:
                self.machine.report(
                    'rule 22', 'VDevice released before its configured models were dropped'
                )
            for card in self.device.cards:
                card.give_back()
        self.machine.count('VDevice', -1)
        self.machine.enter('release')

    def check_alive(self) -> None:
        """Kill the process for a use after release, which is undefined behaviour (rule 22)."""
        if self.is_released:
            self.machine.die('rule 22', 'an InferModel was used after VDevice.release()')


class NativeInferModel:
    """A network group and the settings that configure() will judge."""

    def __init__(self, vdevice: NativeVDevice, source: str | bytes, name: str) -> None:
        vdevice.machine.enter('create_infer_model')
        hef = vdevice.machine.read_hef(source)
        places = [place for place, group in enumerate(hef.groups) if name in ('', group.name)]
        if not places:
            raise failure(Status.NOT_FOUND)
        self._vdevice = vdevice
        self._hef = hef
        self._is_ambiguous = len(places) > 1
        self._group = hef.groups[places[0]]
        self._network = hef.networks[places[0]]
        self._batch_size = 0
        self._inputs = [InferStreamSettings(s, is_input=True) for s in self._group.inputs]
        self._outputs = [InferStreamSettings(s, is_input=False) for s in self._group.outputs]

    @property
    def inputs(self) -> list[InferStreamSettings]:
        self._vdevice.check_alive()
        return self._inputs

    @property
    def outputs(self) -> list[InferStreamSettings]:
        self._vdevice.check_alive()
        return self._outputs

    def set_batch_size(self, batch_size: int) -> None:
        self._vdevice.check_alive()
        self._batch_size = require_int(batch_size, _LARGEST_BATCH_ARGUMENT)

    def set_power_mode(self, mode: Any) -> None:
        self._vdevice.check_alive()
        require_type(mode, PowerMode)

    def configure(self) -> NativeConfiguredModel:
        """Load the network onto the chip."""
        self._vdevice.check_alive()
        device = self._vdevice.device
        machine = device.machine
        machine.enter('configure')
        device.check_present()
        if self._is_ambiguous or self._batch_size > _LARGEST_BATCH:
            raise failure(Status.INVALID_ARGUMENT)
        inputs = [stream.freeze() for stream in self._inputs]
        outputs = [stream.freeze() for stream in self._outputs]
        _check_architecture(machine, device.cards, self._hef)
        batch_size = self._batch_size or 1
        queue_size = _queue_size(device, [*inputs, *outputs], batch_size)
        if batch_size > queue_size:
            raise failure(Status.INVALID_OPERATION)
        if device.is_service:
            # A place in the queue of the service holds a whole batch (section 4).
            queue_size = max(_LONGEST_SERVICE_QUEUE // batch_size, 1)
        pipeline = Pipeline(
            machine,
            device.cards,
            Chip(inputs, outputs, self._network.open(self._group)),
            queue_size=queue_size,
            is_scheduled=device.is_scheduled,
        )
        return NativeConfiguredModel(device, pipeline, batch_size)


class NativeConfiguredModel:
    """A configured model; close() is its destructor."""

    def __init__(self, device: SharedDevice, pipeline: Pipeline, batch_size: int) -> None:
        self.pipeline = pipeline
        self._device = device
        self._batch_size = batch_size
        self._is_closed = False
        device.pipelines.append(pipeline)
        device.machine.count('ConfiguredInferModel', 1)

    def activate(self) -> None:
        self._device.machine.enter('activate')
        if self._device.is_scheduled or any(p.is_active for p in self._device.pipelines):
            raise failure(Status.INVALID_OPERATION)
        self.pipeline.is_active = True

    def deactivate(self) -> None:
        if self._device.is_scheduled or not self.pipeline.is_active:
            raise failure(Status.INVALID_OPERATION)
        self.pipeline.is_active = False

    def set_scheduler_timeout(self, timeout_ms: int) -> None:
        self._require_scheduler()
        require_int(timeout_ms)

    def set_scheduler_threshold(self, threshold: int) -> None:
        self._require_scheduler()
        if require_int(threshold) > self._batch_size:
            raise failure(Status.INVALID_ARGUMENT)

    def set_scheduler_priority(self, priority: int) -> None:
        self._require_scheduler()
        if require_int(priority, 0xFF) > 31:
            raise failure(Status.INVALID_ARGUMENT)

    def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            self.pipeline.close()
            self._device.pipelines.remove(self.pipeline)
            self._device.machine.count('ConfiguredInferModel', -1)

    def _require_scheduler(self) -> None:
        if not self._device.is_scheduled:
            raise failure(Status.INVALID_OPERATION)


def _check_service(machine: Machine, params: VDeviceParams) -> None:
    if not params.multi_process_service:
        return
    if not machine.has_service:
        machine.log('error', 'requires service compilation with HAILO_BUILD_SERVICE')
        raise failure(Status.INVALID_OPERATION)
    if not params.scheduling_algorithm:
        raise failure(Status.INVALID_ARGUMENT)
    if not machine.is_service_running:
        raise failure(Status.RPC_FAILED)
    if machine.service_version != machine.library_version:
        raise failure(Status.INVALID_SERVICE_VERSION)


def _take_cards(
    machine: Machine, params: VDeviceParams, service_group: str | None
) -> tuple[Card, ...]:
    known = machine.scan()
    if known:
        machine.check_driver()
    if ids := params.device_ids:
        if len(set(ids)) < len(ids) or not set(ids) <= set(known):
            raise failure(Status.INVALID_ARGUMENT)
    by_id = {card.device_id: card for card in machine.cards}
    taken: list[Card] = []
    for device_id in ids or known:
        if len(taken) < params.device_count and by_id[device_id].try_take(service_group):
            taken.append(by_id[device_id])
    if len(taken) == params.device_count:
        return tuple(taken)
    for card in taken:
        card.give_back()
    machine.log(
        'error',
        'CHECK failed - Failed to create vdevice. there are not enough free devices. '
        f'requested: {params.device_count}, found: {len(taken)}',
    )
    raise failure(Status.DEVICE_IN_USE if ids else Status.OUT_OF_PHYSICAL_DEVICES)


def _check_architecture(machine: Machine, cards: Sequence[Card], hef: HefContent) -> None:
    for card in cards:
        if not card.accepts(hef.architecture):
            machine.log(
                'error',
                'HEF format is not compatible with device. '
                f'Device arch: {card.architecture}, HEF arch: {hef.architecture}',
            )
            raise failure(machine.hef_status(Status.HEF_NOT_COMPATIBLE_WITH_DEVICE))
        if card.architecture == 'HAILO8' and hef.architecture == 'HAILO8L':
            machine.log('warning', 'HEF was compiled for HAILO8L: lower performance on HAILO8')


def _queue_size(device: SharedDevice, streams: Sequence[HostStream], batch_size: int) -> int:
    """Give the queue's size as section 7 computes it."""
    if version_of(device.machine.library_version) < (4, 21):
        return _OLD_QUEUE * len(device.cards)
    longest = _LONGEST_SERVICE_QUEUE if device.machine.has_service else _LONGEST_QUEUE
    sizes = [_QUEUE_BYTES // stream.device_bytes for stream in streams]
    return min(max(min(sizes), 2 * batch_size), longest) * len(device.cards)
