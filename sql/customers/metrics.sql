-- What every customer is worth and does, as of the end of one week.
-- Grain: customer. Parameters: Monday of the week.
-- Each source is brought to customer grain on its own before the join, so that no row is counted
-- twice; every customer has a row.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT week_start,
           DATEADD('day', 6, week_start)::DATE   AS week_end,
           DATEADD('day', -21, week_start)::DATE AS four_weeks_from,
           DATEADD('day', -49, week_start)::DATE AS prior_from,
           DATEADD('day', -22, week_start)::DATE AS prior_to
    FROM period
),
adoption AS (
    SELECT m.customer_id,
           COUNT(*)                                                      AS active_modules,
           -- A sum with one part that is not known is not known.
           SUM(IFF(m.adoption_stage = 'adopted', 1, 0))                  AS adopted_modules,
           SUM(IFF(m.adoption_stage = 'declining', 1, 0))                AS declining_modules,
           SUM(IFF(m.adoption_stage = 'dropped', 1, 0))                  AS dropped_modules,
           SUM(IFF(m.is_collapsed, 1, 0))                                AS collapsed_modules,
           SUM(IFF(m.adoption_stage = 'not_started', 1, 0))              AS not_started_modules,
           SUM(m.contracted_seats)                                       AS contracted_seats,
           SUM(m.active_users)                                           AS active_users,
           SUM(m.users_4w)                                               AS users_4w,
           SUM(m.key_actions_4w)                                         AS key_actions_4w,
           SUM(m.key_actions_prior_4w)                                   AS key_actions_prior_4w,
           COUNT(*) = COUNT(m.adoption_stage)                            AS has_stages,
           COUNT(*) = COUNT(m.active_users)                              AS has_users,
           COUNT(*) = COUNT(m.key_actions_4w)                            AS has_actions,
           COUNT(*) = COUNT(m.key_actions_prior_4w)                      AS has_prior_actions
    FROM analytics.module_adoption m
    CROSS JOIN bounds b
    WHERE m.week_start = b.week_start
    GROUP BY m.customer_id
),
converted AS (
    SELECT c.customer_id,
           SUM(IFF(c.conversion_date >= b.week_start, 1, 0))                       AS conversions_week,
           SUM(IFF(c.conversion_date >= b.week_start, c.conversion_value, 0))      AS value_week,
           SUM(IFF(c.conversion_date >= b.four_weeks_from, 1, 0))                  AS conversions_4w,
           SUM(IFF(c.conversion_date >= b.four_weeks_from, c.conversion_value, 0)) AS value_4w,
           SUM(IFF(c.conversion_date <= b.prior_to, 1, 0))                         AS conversions_prior_4w,
           SUM(IFF(c.conversion_date <= b.prior_to, c.conversion_value, 0))        AS value_prior_4w
    FROM source.conversions c
    CROSS JOIN bounds b
    WHERE c.conversion_date BETWEEN b.prior_from AND b.week_end
    GROUP BY c.customer_id
),
credited AS (
    SELECT a.customer_id, SUM(a.attributed_revenue) AS revenue
    FROM source.attributions a
    CROSS JOIN bounds b
    WHERE a.touchpoint_date BETWEEN b.four_weeks_from AND b.week_end
    GROUP BY a.customer_id
),
engaged AS (
    SELECT e.customer_id,
           SUM(e.messages_sent)    AS messages_sent,
           SUM(e.messages_opened)  AS messages_opened,
           SUM(e.messages_clicked) AS messages_clicked,
           AVG(e.engagement_score) AS engagement_score
    FROM source.historical_engagement e
    CROSS JOIN bounds b
    WHERE e.engagement_date BETWEEN b.four_weeks_from AND b.week_end
    GROUP BY e.customer_id
),
called AS (
    SELECT c.customer_id,
           COUNT(*)                                           AS calls,
           SUM(IFF(s.sentiment_category = 'negative', 1, 0))  AS negative_calls,
           SUM(IFF(s.sentiment_category IS NULL OR s.sentiment_category = 'unknown', 0, 1))
                                                              AS judged_calls
    FROM gong.stg_gong_calls c
    CROSS JOIN bounds b
    LEFT JOIN analytics.call_sentiment s ON s.call_id = c.call_id AND s.call_date = c.call_date
    WHERE c.customer_id IS NOT NULL
      AND c.call_date BETWEEN b.four_weeks_from AND b.week_end
    GROUP BY c.customer_id
),
heard_of AS (
    SELECT c.customer_id,
           COUNT(DISTINCT IFF(g.kind = 'churn', c.call_id, NULL))      AS churn_calls,
           COUNT(DISTINCT IFF(g.kind = 'competitor', c.call_id, NULL)) AS competitor_calls,
           COUNT(DISTINCT IFF(g.kind = 'expansion', c.call_id, NULL))  AS expansion_calls
    FROM analytics.call_signals g
    JOIN gong.stg_gong_calls c ON c.call_id = g.call_id AND c.call_date = g.call_date
    CROSS JOIN bounds b
    WHERE c.customer_id IS NOT NULL
      AND NOT c.is_private
      AND c.call_date BETWEEN DATEADD('day', -90, b.week_end) AND b.week_end
    GROUP BY c.customer_id
),
-- Without any contract on record nothing is known of its modules: that is no zero.
contracted AS (
    SELECT DISTINCT p.customer_id
    FROM source.products p
    CROSS JOIN bounds b
    WHERE p.purchased_on <= b.week_end
),
used AS (
    SELECT k.customer_id,
           o.customer_id IS NOT NULL                                        AS has_contract,
           o.customer_id IS NOT NULL AND COALESCE(a.has_stages, TRUE)        AS has_stages,
           o.customer_id IS NOT NULL AND COALESCE(a.has_users, TRUE)         AS has_users,
           o.customer_id IS NOT NULL AND COALESCE(a.has_actions, TRUE)       AS has_actions,
           o.customer_id IS NOT NULL AND COALESCE(a.has_prior_actions, TRUE) AS has_prior_actions
    FROM source.customers k
    LEFT JOIN contracted o ON o.customer_id = k.customer_id
    LEFT JOIN adoption a ON a.customer_id = k.customer_id
),
spoken AS (
    SELECT c.customer_id, MAX(c.call_date) AS last_call
    FROM gong.stg_gong_calls c
    CROSS JOIN bounds b
    WHERE c.customer_id IS NOT NULL AND c.call_date <= b.week_end
    GROUP BY c.customer_id
),
heard AS (
    SELECT MIN(c.call_date) AS first_call
    FROM gong.stg_gong_calls c
    CROSS JOIN bounds b
    WHERE c.call_date <= b.week_end
)
SELECT k.customer_id, b.week_start, k.customer_name, k.lifecycle_stage, k.renewal_date, k.arr,
       IFF(u.has_contract, COALESCE(a.active_modules, 0), NULL)   AS active_modules,
       IFF(u.has_stages, COALESCE(a.adopted_modules, 0), NULL)           AS adopted_modules,
       IFF(u.has_stages, COALESCE(a.declining_modules, 0), NULL)         AS declining_modules,
       IFF(u.has_stages, COALESCE(a.dropped_modules, 0), NULL)           AS dropped_modules,
       IFF(u.has_stages, COALESCE(a.collapsed_modules, 0), NULL)         AS collapsed_modules,
       IFF(u.has_stages, COALESCE(a.not_started_modules, 0), NULL)       AS not_started_modules,
       IFF(u.has_contract, COALESCE(a.contracted_seats, 0), NULL) AS contracted_seats,
       IFF(u.has_users, COALESCE(a.active_users, 0), NULL)               AS active_users,
       IFF(u.has_actions, COALESCE(a.users_4w, 0), NULL)                 AS users_4w,
       IFF(u.has_actions, COALESCE(a.key_actions_4w, 0), NULL)           AS key_actions_4w,
       IFF(u.has_prior_actions, COALESCE(a.key_actions_prior_4w, 0), NULL)
                                                                         AS key_actions_prior_4w,
       COALESCE(v.conversions_week, 0)     AS conversions_week,
       COALESCE(v.value_week, 0)           AS conversion_value_week,
       COALESCE(v.conversions_4w, 0)       AS conversions_4w,
       COALESCE(v.value_4w, 0)             AS conversion_value_4w,
       COALESCE(v.conversions_prior_4w, 0) AS conversions_prior_4w,
       COALESCE(v.value_prior_4w, 0)       AS conversion_value_prior_4w,
       COALESCE(r.revenue, 0)              AS attributed_revenue_4w,
       COALESCE(e.messages_sent, 0)        AS messages_sent_4w,
       IFF(COALESCE(e.messages_sent, 0) > 0, e.messages_opened::DOUBLE / e.messages_sent, NULL)  AS open_rate_4w,
       IFF(COALESCE(e.messages_sent, 0) > 0, e.messages_clicked::DOUBLE / e.messages_sent, NULL) AS click_rate_4w,
       e.engagement_score                  AS engagement_score_4w,
       COALESCE(g.calls, 0)                AS calls_4w,
       COALESCE(g.negative_calls, 0)       AS negative_calls_4w,
       COALESCE(g.judged_calls, 0)         AS judged_calls_4w,
       COALESCE(x.churn_calls, 0)          AS churn_calls_13w,
       COALESCE(x.competitor_calls, 0)     AS competitor_calls_13w,
       COALESCE(x.expansion_calls, 0)      AS expansion_calls_13w,
       t.last_call                         AS last_call_on,
       DATEDIFF('day', COALESCE(t.last_call, h.first_call), b.week_end) AS days_since_contact,
       DATEDIFF('day', b.week_end, k.renewal_date) AS days_to_renewal
FROM source.customers k
CROSS JOIN bounds b
CROSS JOIN heard h
LEFT JOIN heard_of x  ON x.customer_id = k.customer_id
LEFT JOIN spoken t    ON t.customer_id = k.customer_id
JOIN used u           ON u.customer_id = k.customer_id
LEFT JOIN adoption a  ON a.customer_id = k.customer_id
LEFT JOIN converted v ON v.customer_id = k.customer_id
LEFT JOIN credited r  ON r.customer_id = k.customer_id
LEFT JOIN engaged e   ON e.customer_id = k.customer_id
LEFT JOIN called g    ON g.customer_id = k.customer_id
ORDER BY k.customer_id
