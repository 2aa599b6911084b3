-- One row: purges of calls so far.
SELECT COUNT(*) AS purges
FROM gong.gong_purges
