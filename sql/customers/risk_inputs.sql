-- What was known of customers before decisions on their contract, and what is known of those of today.
-- Grain: decision (customer and term) or, without one, customer of today. Parameters: Monday of the
-- week, days before the term's end as of which a past decision is looked at.
-- A decision that was made before that day, or is not known at the week's end, is left out.
WITH period AS (
    SELECT DATEADD('day', 6, CAST(? AS DATE))::DATE AS week_end, CAST(? AS INTEGER) AS lead_days
),
cases AS (
    SELECT t.customer_id, t.segment, t.term_end, t.decided_on, t.outcome, t.arr,
           DATEADD('day', -p.lead_days, t.term_end)::DATE AS as_of
    FROM source.contract_terms t
    CROSS JOIN period p
    WHERE t.outcome <> 'open' AND t.decided_on IS NOT NULL AND t.decided_on <= p.week_end
      AND t.decided_on > DATEADD('day', -p.lead_days, t.term_end)::DATE
      AND t.term_start <= DATEADD('day', -p.lead_days, t.term_end)::DATE
    UNION ALL
    SELECT k.customer_id, k.segment, CAST(NULL AS DATE), CAST(NULL AS DATE), NULL, k.arr, p.week_end
    FROM source.customers k
    CROSS JOIN period p
),
quarters AS (
    SELECT c.customer_id, c.as_of, u.module_code,
           SUM(IFF(DATEDIFF('day', u.period_end, c.as_of) < 91, u.active_users, NULL))     AS users_now,
           SUM(IFF(DATEDIFF('day', u.period_end, c.as_of) < 91, u.contracted_seats, NULL)) AS seats_now,
           SUM(IFF(DATEDIFF('day', u.period_end, c.as_of) BETWEEN 182 AND 272, u.active_users, NULL))
                                                                                           AS users_before
    FROM cases c
    JOIN source.usage_quarters u
      ON u.customer_id = c.customer_id AND u.period_end <= c.as_of
     AND u.period_end > DATEADD('day', -273, c.as_of)::DATE
    GROUP BY c.customer_id, c.as_of, u.module_code
),
used AS (
    SELECT customer_id, as_of,
           SUM(users_now)::DOUBLE
               / NULLIF(SUM(IFF(users_now IS NULL, NULL, seats_now)), 0)            AS utilisation,
           SUM(IFF(users_now >= 0.4 * seats_now, 1, 0))::DOUBLE
               / NULLIF(COUNT(users_now), 0)                                        AS breadth,
           SUM(IFF(users_before IS NULL, NULL, COALESCE(users_now, 0)))::DOUBLE
               / NULLIF(SUM(users_before), 0) - 1                                   AS usage_change,
           MIN(IFF(users_before > 0, COALESCE(users_now, 0)::DOUBLE / users_before - 1, NULL)) AS worst_module
    FROM quarters
    GROUP BY customer_id, as_of
),
ticketed AS (
    SELECT c.customer_id, c.as_of, COUNT(*) AS tickets,
           SUM(IFF(t.severity IN ('high', 'critical'), 1, 0)) AS severe_tickets
    FROM cases c
    JOIN source.support_tickets t
      ON t.customer_id = c.customer_id
     AND t.opened_on BETWEEN DATEADD('day', -90, c.as_of)::DATE AND c.as_of
    GROUP BY c.customer_id, c.as_of
),
answered AS (
    SELECT c.customer_id, c.as_of, r.score AS last_nps
    FROM cases c
    JOIN source.survey_responses r
      ON r.customer_id = c.customer_id AND r.survey_kind = 'nps' AND r.score IS NOT NULL
     AND r.responded_on BETWEEN DATEADD('day', -182, c.as_of)::DATE AND c.as_of
    QUALIFY ROW_NUMBER() OVER (PARTITION BY c.customer_id, c.as_of ORDER BY r.responded_on DESC, r.response_id) = 1
),
connected AS (
    SELECT (SELECT MIN(t.opened_on) FROM source.support_tickets t) AS first_ticket
)
SELECT c.customer_id, c.segment, c.term_end, c.decided_on, c.outcome, c.arr, c.as_of,
       u.utilisation, u.breadth, u.usage_change, u.worst_module,
       IFF(n.first_ticket <= c.as_of, COALESCE(t.tickets, 0), NULL)        AS tickets,
       IFF(n.first_ticket <= c.as_of, COALESCE(t.severe_tickets, 0), NULL) AS severe_tickets,
       a.last_nps
FROM cases c
CROSS JOIN connected n
LEFT JOIN used u     ON u.customer_id = c.customer_id AND u.as_of = c.as_of
LEFT JOIN ticketed t ON t.customer_id = c.customer_id AND t.as_of = c.as_of
LEFT JOIN answered a ON a.customer_id = c.customer_id AND a.as_of = c.as_of
ORDER BY c.customer_id, c.as_of
