-- One row per page of the viewer, which shows what digests say.
SELECT path
FROM analytics.review_site
ORDER BY path
