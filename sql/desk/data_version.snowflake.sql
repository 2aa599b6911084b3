-- When any table of the platform was last written to or changed.
-- Grain: one row.
SELECT MAX(last_altered) AS changed_at
FROM information_schema.tables
WHERE table_schema IN ('SOURCE', 'GONG', 'ANALYTICS', 'OPS')
