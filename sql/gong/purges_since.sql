-- Purges that were never carried out, and recent ones. Parameter: the time since when.
SELECT call_id
FROM gong.gong_purges
WHERE carried_out_at IS NULL OR purged_at >= ?
