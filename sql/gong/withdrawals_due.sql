-- Purges of calls that are still private or gone, and whose digests and answers are due: those
-- never carried out, and recent ones, since what was under way then may have come in after it.
SELECT p.call_id, p.purged_at
FROM gong.gong_purges p
JOIN gong.gong_calls_raw c ON c.call_id = p.call_id
WHERE (c.is_private OR c.is_deleted)
  AND (p.carried_out_at IS NULL OR p.purged_at >= ?)
ORDER BY p.call_id, p.purged_at
