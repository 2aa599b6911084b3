-- Customers whose segment or health colour is another than in the week before.
-- Grain: customer and subject. Parameters: Monday of the week.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
two_weeks AS (
    SELECT n.customer_id, n.week_start, b.health_segment AS health_was, n.health_segment AS health_is,
           t.behaviour_segment AS segment_was, s.behaviour_segment AS segment_is, s.rules_version,
           CASE
               WHEN n.health_override IS NOT NULL THEN n.health_override
               WHEN b.health_override IS NOT NULL THEN 'no longer: ' || b.health_override
               WHEN n.health_score IS NULL THEN 'too little is known'
               WHEN b.health_score IS NULL THEN 'enough is known again'
               ELSE 'points: ' || CAST(CAST(b.health_score AS DECIMAL(5,1)) AS STRING) || ', now '
                    || CAST(CAST(n.health_score AS DECIMAL(5,1)) AS STRING)
           END AS health_why,
           s.reason,
           DATEDIFF('day', t.segment_since, n.week_start)::DOUBLE / 7 AS held_weeks
    FROM analytics.customer_metrics n
    JOIN period p ON p.week_start = n.week_start
    JOIN analytics.customer_metrics b
      ON b.customer_id = n.customer_id AND b.week_start = DATEADD('day', -7, n.week_start)::DATE
    LEFT JOIN analytics.customer_segments s
           ON s.customer_id = n.customer_id AND s.week_start = n.week_start
    LEFT JOIN analytics.customer_segments t
           ON t.customer_id = n.customer_id AND t.week_start = b.week_start
)
SELECT customer_id, week_start, 'health' AS subject, health_was AS was, health_is AS has_become,
       CASE
           WHEN health_was = 'Unknown' OR health_is = 'Unknown' THEN NULL
           ELSE CASE health_is WHEN 'Red' THEN 0 WHEN 'Yellow' THEN 1 ELSE 2 END
                < CASE health_was WHEN 'Red' THEN 0 WHEN 'Yellow' THEN 1 ELSE 2 END
       END AS is_worse,
       health_why AS reason, CAST(NULL AS BIGINT) AS held_weeks, rules_version
FROM two_weeks
WHERE health_was <> health_is
UNION ALL
SELECT customer_id, week_start, 'segment', segment_was, segment_is,
       CASE
           WHEN segment_is IN ('At risk', 'Dormant') THEN TRUE
           WHEN segment_was IN ('At risk', 'Dormant') THEN FALSE
           ELSE NULL
       END,
       reason, CAST(held_weeks AS BIGINT), rules_version
FROM two_weeks
WHERE segment_was <> segment_is
ORDER BY customer_id, subject
