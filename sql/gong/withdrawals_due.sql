-- Purges of calls that are still private or gone, and of which what was written from them is due:
-- those never carried out, and recent ones, since what was under way then may have come in after it.
SELECT p.call_id, p.purged_at, p.carried_out_at, p.prints, c.call_date
FROM gong.gong_purges p
JOIN gong.gong_calls_raw c ON c.call_id = p.call_id
WHERE (c.is_private OR c.is_deleted)
  AND (p.carried_out_at IS NULL OR p.purged_at >= ?)
ORDER BY p.call_id, p.purged_at
