"""What Dagster's chart takes (1.13), of what we set; keys as in its ``values.schema.json``."""

from typing import Any


def _only(keys: str, **typed: Any) -> dict[str, Any]:
    known = {name: {} for name in keys.split()} | typed
    return {"type": "object", "properties": known, "additionalProperties": False}


_IMAGE = _only("repository tag pullPolicy")
_POD = "annotations nodeSelector affinity tolerations podSecurityContext securityContext resources"
_PROBES = "livenessProbe readinessProbe startupProbe volumes volumeMounts labels schedulerName"
_ENV = "env envConfigMaps envSecrets"
_LIMIT = _only("key value", limit={"type": "integer"})
_SOURCES = {"type": "array", "items": _only("name")}

VALUES = _only(
    "generatePostgresqlPasswordSecret generateCeleryConfigSecret imagePullSecrets ingress busybox "
    "migrate computeLogManager scheduler pythonLogs serviceAccount additionalInstanceConfig",
    **{
        "global": _only(
            "postgresqlSecretName dagsterHome serviceAccountName celeryConfigSecretName"
        ),
        "postgresql": _only(
            "enabled postgresqlHost postgresqlUsername postgresqlPassword postgresqlDatabase "
            "postgresqlParams postgresqlScheme service",
            image=_IMAGE,
        ),
        "rabbitmq": _only("enabled image rabbitmq service volumePermissions"),
        "redis": _only("enabled"),
        "flower": _only("enabled"),
        "telemetry": _only("enabled"),
        "dagsterWebserver": _only(
            f"replicaCount nameOverride service workspace deploymentLabels pathPrefix logLevel "
            f"dbStatementTimeout dbPoolRecycle {_POD} {_PROBES} {_ENV}",
            image=_IMAGE,
            enableReadOnly={"type": "boolean"},
        ),
        "dagsterDaemon": _only(
            f"enabled heartbeatTolerance deploymentLabels schedules {_POD} {_PROBES} {_ENV}",
            image=_IMAGE,
            runCoordinator=_only(
                "enabled",
                type={"enum": ["QueuedRunCoordinator", "CustomRunCoordinator"]},
                config=_only(
                    "customRunCoordinator",
                    queuedRunCoordinator=_only(
                        "dequeueIntervalSeconds dequeueNumWorkers dequeueUseThreads",
                        maxConcurrentRuns={"type": "integer"},
                        tagConcurrencyLimits={"type": "array", "items": _LIMIT},
                    ),
                ),
            ),
            runMonitoring={"type": "object"},
            runRetries={"type": "object"},
            sensors=_only("useThreads numWorkers numSubmitWorkers"),
        ),
        "runLauncher": _only(
            "",
            type={"enum": ["CeleryK8sRunLauncher", "K8sRunLauncher", "CustomRunLauncher"]},
            config=_only(
                "celeryK8sRunLauncher customRunLauncher",
                k8sRunLauncher=_only(
                    "imagePullPolicy jobNamespace loadInclusterConfig kubeconfigFile envConfigMaps "
                    "envSecrets envVars volumes volumeMounts labels failPodOnRunFailure resources "
                    "runK8sConfig schedulerName securityContext",
                    image=_IMAGE,
                ),
            ),
        ),
        "dagster-user-deployments": _only(
            "enabled enableSubchart imagePullSecrets",
            deployments={
                "type": "array",
                "items": {
                    **_only(
                        f"name port codeServerArgs replicaCount {_POD} {_PROBES} envSecrets env",
                        image=_IMAGE,
                        envConfigMaps=_SOURCES,
                        dagsterApiGrpcArgs={"type": "array", "items": {"type": "string"}},
                        includeConfigInLaunchedRuns=_only("enabled"),
                    ),
                    "required": ["name", "image", "port"],
                },
            },
        ),
        "retention": _only(
            "enabled autoMaterialize",
            sensor=_only("purgeAfterDays"),
            schedule=_only("purgeAfterDays"),
        ),
        "concurrency": _only(
            "runs", pools=_only("defaultLimit granularity opGranularityRunBuffer")
        ),
    },
)
