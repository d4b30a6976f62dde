# Copyright 2026 hailo_perception maintainers
# SPDX-License-Identifier: Apache-2.0
"""VDevice: the handle on one or several cards (section 4)."""

from __future__ import annotations

from collections.abc import Mapping
import gc
import os
import sys
from types import TracebackType

from hailo_double import machine
from hailo_double.arguments import require_type
from hailo_double.blocking import BlockingNetwork
from hailo_double.vdevice import NativeInferModel
from hailo_double.vdevice import NativeVDevice
from hailo_double.vdevice import VDeviceParams

from hailo_platform.pyhailort._device import Device
from hailo_platform.pyhailort._exceptions import HailoRTException
from hailo_platform.pyhailort._exceptions import HailoRTInvalidOperationException
from hailo_platform.pyhailort._exceptions import translated
from hailo_platform.pyhailort._hef import HEF
from hailo_platform.pyhailort._infer_model import InferModel
from hailo_platform.pyhailort._legacy import ConfiguredNetwork
from hailo_platform.pyhailort._legacy import ConfigureParams


class VDevice:
    """Cards opened for inference by this process, and by no other."""

    __module__ = 'hailo_platform.pyhailort.pyhailort'
    _vdevice: NativeVDevice | None = None

    def __init__(
        self, params: VDeviceParams | None = None, *, device_ids: list[str] | None = None
    ) -> None:
        """``device_ids`` alone switches the scheduler off and ignores ``params`` (rule 3)."""
        gc.collect()
        self._loaded: list[tuple[BlockingNetwork, ConfiguredNetwork]] = []
        self._creation_pid = os.getpid()
        if device_ids is not None and params is not None and params.device_ids:
            raise HailoRTInvalidOperationException('VDevice takes device ids only once')
        if device_ids is not None:
            params = self.create_params()
            params.device_ids = device_ids
        params = self.create_params() if params is None else require_type(params, VDeviceParams)
        with translated():
            self._vdevice = NativeVDevice(machine.current(), params)

    @staticmethod
    def create_params() -> VDeviceParams:
        return VDeviceParams()

    def __enter__(self) -> VDevice:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def __del__(self) -> None:
        if not sys.is_finalizing():
            self.release()

    def release(self) -> None:
        """Give the cards back; idempotent. Its errors are native ones (rule 16)."""
        vdevice, self._vdevice = self._vdevice, None
        while self._loaded:
            self._loaded.pop()[0].loaded.close()
        if vdevice is not None:
            vdevice.release()

    def get_physical_devices_ids(self) -> list[str]:
        return [card.device_id for card in self._opened().device.cards]

    def get_physical_devices(self) -> list[Device]:
        """Open a new handle on each card; the caller releases them."""
        return [Device(device_id) for device_id in self.get_physical_devices_ids()]

    def create_infer_model(self, hef_source: str | bytes, name: str = '') -> InferModel:
        if type(hef_source) not in (str, bytes):
            raise TypeError(f'incompatible function arguments: got {hef_source!r}')
        require_type(name, str)
        with translated():
            model = NativeInferModel(self._opened(), hef_source, name)
        return InferModel(model, hef_source)

    @property
    def loaded_network_groups(self) -> list[ConfiguredNetwork]:
        return [network for _, network in self._loaded]

    def configure(
        self, hef: HEF, configure_params_by_name: Mapping[str, ConfigureParams] | None = None
    ) -> list[ConfiguredNetwork]:
        """Configure each network group for the blocking path."""
        vdevice = self._opened()
        params = configure_params_by_name or ConfigureParams.create_from_hef(hef)
        networks = []
        for name in hef.get_network_group_names():
            with translated():
                native = BlockingNetwork(vdevice, hef._source, name, params[name].batch_size)
            self._loaded.append((native, ConfiguredNetwork(native, hef)))
            networks.append(self._loaded[-1][1])
        return networks

    def _opened(self) -> NativeVDevice:
        if os.getpid() != self._creation_pid:
            raise HailoRTException('VDevice was created in another process')
        if self._vdevice is None:
            raise HailoRTInvalidOperationException('VDevice was released')
        return self._vdevice
