-- One row per call whose end is unknown: its process died, or nobody recorded its answer.
SELECT call_id, asset, account, model, prompt_name, cost_usd, reserved_at
FROM ops.ai_calls
WHERE state = 'lost'
ORDER BY reserved_at, call_id
