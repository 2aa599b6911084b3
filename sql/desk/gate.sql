-- What the gate says of the newest period of each kind.
-- Grain: artefact.
SELECT kind, artefact_id, period_start, verdict, reasons
FROM ops.send_gate
QUALIFY DENSE_RANK() OVER (PARTITION BY kind ORDER BY period_start DESC) = 1
ORDER BY kind, verdict, artefact_id
