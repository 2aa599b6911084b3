-- One row per day on which Gong's calls and ours do not add up.
SELECT call_date, known, stored, staged, dead_lettered, vanished, missing
FROM gong.gong_reconciliation
WHERE missing <> 0
   OR staged <> stored
ORDER BY call_date
