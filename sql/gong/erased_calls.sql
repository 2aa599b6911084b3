-- Calls that were erased on request: never taken in again.
-- Grain: call.
SELECT DISTINCT call_id FROM gong.gong_purges WHERE reason = 'erased'
