-- Who is there of a customer's people at the end of a week, and when somebody last met them.
-- Grain: customer with people on record. Parameters: Monday of the week.
WITH bounds AS (
    SELECT DATEADD('day', 6, CAST(? AS DATE))::DATE AS week_end
),
held AS (
    SELECT p.customer_id, p.role, p.left_on, p.last_contact_on, b.week_end,
           p.left_on IS NULL OR p.left_on > b.week_end AS is_there
    FROM source.customer_people p
    CROSS JOIN bounds b
    WHERE p.since IS NULL OR p.since <= b.week_end
)
SELECT customer_id,
       SUM(IFF(role = 'champion' AND is_there, 1, 0))                         AS champions,
       SUM(IFF(role IN ('sponsor', 'economic buyer') AND is_there, 1, 0))     AS sponsors,
       MAX(IFF(role = 'champion' AND NOT is_there, left_on, NULL))            AS champion_left_on,
       MAX(IFF(last_contact_on <= week_end, last_contact_on, NULL))           AS last_met_on
FROM held
GROUP BY customer_id
ORDER BY customer_id
