"""What every storage of a Dagster instance does alike: it hands out its three parts."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import dagster as dg
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.base import EventLogStorage
from dagster._core.storage.runs.base import RunStorage
from dagster._core.storage.schedules.base import ScheduleStorage
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from resources.instance.pools import PatientPools


class InThreeParts(DagsterStorage, ConfigurableClass):
    """Runs, events and schedules in the place that a subclass has a setting for.

    ``pool_wait_seconds``: how long a run waits for a slot of a pool.
    """

    _place: ClassVar[str]

    _runs: RunStorage[Any]
    _events: EventLogStorage[Any]
    _schedules: ScheduleStorage[Any]

    def __init__(self, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__()
        self._inst_data = inst_data

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        return {
            cls._place: dg.StringSource,
            "pool_wait_seconds": dg.Field(
                float, is_required=False, default_value=PatientPools.longest_pool_wait
            ),
        }

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        return cls(inst_data=inst_data, **config_value)

    @property
    def event_log_storage(self) -> EventLogStorage[Any]:
        return self._events

    @property
    def run_storage(self) -> RunStorage[Any]:
        return self._runs

    @property
    def schedule_storage(self) -> ScheduleStorage[Any]:
        return self._schedules

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        super().register_instance(instance)
        for storage in (self._runs, self._events, self._schedules):
            if not storage.has_instance:
                storage.register_instance(instance)

    def dispose(self) -> None:
        for storage in (self._events, self._runs, self._schedules):
            storage.dispose()
