-- When any table of the platform was last written to or changed, and with whose eyes it is read.
-- Grain: one row.
SELECT MAX(last_altered) AS changed_at, CURRENT_USER() AS user_name, CURRENT_ROLE() AS role_name
FROM information_schema.tables
WHERE table_schema <> 'INFORMATION_SCHEMA'
