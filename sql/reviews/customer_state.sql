-- One row per customer in scope with metrics of the week: health, adoption, people, calls, segment,
-- and what the customers room advises first.
WITH scope AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start,
        CAST(? AS DATE) AS period_end,
        CAST(? AS DATE) AS current_start,
        CAST(? AS DATE) AS prior_start,
        CAST(? AS DATE) AS year_ago_start,
        CAST(? AS DATE) AS year_ago_end,
        CAST(? AS DATE) AS history_start
),

-- Where nobody's calls are read, a customer without one is no customer that nobody called.
everybody AS (
    SELECT COALESCE(SUM(m.calls_4w), 0) AS calls
    FROM analytics.customer_metrics m
    INNER JOIN scope s ON m.week_start = s.week_start
)

SELECT
    m.customer_id,
    m.active_modules,
    m.adopted_modules,
    m.declining_modules,
    m.dropped_modules,
    m.not_started_modules,
    m.contracted_seats,
    m.active_users,
    m.seat_utilisation,
    m.calls_4w AS calls,
    e.calls AS calls_of_all,
    m.negative_calls_4w AS negative_calls,
    m.judged_calls_4w AS judged_calls,
    m.churn_calls_13w AS churn_calls,
    m.competitor_calls_13w AS competitor_calls,
    m.expansion_calls_13w AS expansion_calls,
    m.days_to_renewal,
    m.notice_date,
    m.days_to_notice,
    m.sponsors,
    m.champion_left_on,
    m.days_without_champion,
    m.health_basis,
    m.health_score,
    m.health_segment,
    m.health_coverage,
    m.health_factors,
    m.health_override,
    g.behaviour_segment,
    i.next_action,
    i.next_action_code,
    i.action_title,
    i.expected_effect,
    i.action_trigger
FROM analytics.customer_metrics m
INNER JOIN scope s
    ON m.customer_id BETWEEN s.first_customer AND s.last_customer
    AND m.week_start = s.week_start
CROSS JOIN everybody e
LEFT JOIN analytics.customer_segments g
    ON m.customer_id = g.customer_id AND m.week_start = g.week_start
LEFT JOIN analytics.customer_insights i
    ON m.customer_id = i.customer_id AND m.week_start = i.week_start
