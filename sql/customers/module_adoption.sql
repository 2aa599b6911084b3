-- Adoption of every contracted module of every customer as of the end of one week.
-- Grain: customer and module. Parameters: Monday of the week, weeks of the window that changes are
-- judged over; days up to which use counts as current, share of seats in use from which a module is
-- adopted, change of key actions from which it declines, days after which it is dropped, users of its
-- best week from which it can collapse, and the share of them up to which it has; three times the
-- Monday again, by which rows are found before they are joined to anything.
-- Contracts as they stood at the week's end; use by weeks that are over then. What is made of weeks
-- whose figures are not all there is empty.
WITH asked AS (
    SELECT CAST(? AS DATE) AS week_start, CAST(? AS BIGINT) AS weeks,
           CAST(? AS BIGINT) AS used_within_days, CAST(? AS DOUBLE) AS adopted_utilisation,
           CAST(? AS DOUBLE) AS declining_change, CAST(? AS BIGINT) AS dropped_after_days,
           CAST(? AS BIGINT) AS collapsed_from_users, CAST(? AS DOUBLE) AS collapsed_share
),
bounds AS (
    SELECT asked.*,
           DATEADD('day', 6, week_start)::DATE   AS week_end,
           DATEADD('day', -21, week_start)::DATE AS four_weeks_from,
           DATEADD('day', -49, week_start)::DATE AS prior_from,
           DATEADD('day', -28, week_start)::DATE AS prior_to,
           -- Counted here: for each row of use they would take most of the time.
           DATEADD('week', -1, week_start)::DATE  AS week_before,
           DATEADD('week', -26, week_start)::DATE AS half_year_before
    FROM asked
),
active AS (
    SELECT p.customer_id, p.module_code, p.contracted_seats
    FROM source.products p
    CROSS JOIN bounds b
    WHERE p.purchased_on <= b.week_end
      AND ((p.status = 'active' AND COALESCE(p.cancelled_on < p.purchased_on, TRUE))
           OR p.cancelled_on > b.week_end)
),
-- Most sums are of the last weeks: read on their own, all of it takes half the time.
ever AS (
    SELECT u.customer_id, u.module_code,
           MAX(IFF(u.week_start > b.half_year_before, u.active_users, 0)) AS peak_users_26w,
           MAX(u.last_used_on)                                            AS last_used_on
    FROM source.module_usage u
    CROSS JOIN bounds b
    WHERE u.week_start <= CAST(? AS DATE)
    GROUP BY u.customer_id, u.module_code
),
lately AS (
    SELECT u.customer_id, u.module_code,
           SUM(IFF(u.week_start = b.week_start, u.active_users, 0)) AS active_users,
           SUM(IFF(u.week_start >= b.four_weeks_from, u.key_actions, 0)) AS key_actions_4w,
           SUM(IFF(u.week_start BETWEEN b.prior_from AND b.prior_to, u.key_actions, 0))
               AS key_actions_prior_4w,
           SUM(IFF(u.week_start >= b.four_weeks_from, u.active_users, 0)) AS user_weeks_4w,
           -- Its key has a row a week: counting rows counts weeks.
           SUM(IFF(u.key_actions > 0, 1, 0)) AS weeks_used_13w,
           MAX(IFF(u.week_start >= b.week_before, u.active_users, 0)) AS users_2w
    FROM source.module_usage u
    CROSS JOIN bounds b
    WHERE u.week_start BETWEEN DATEADD('week', -12, CAST(? AS DATE))::DATE AND CAST(? AS DATE)
    GROUP BY u.customer_id, u.module_code
),
lost AS (
    SELECT g.customer_id, IFF(g.part = 'all', NULL, g.name) AS module_code,
           MAX(IFF(g.span = 'week', 1, 0)) = 1    AS week_is_lost,
           MAX(IFF(g.span = 'current', 1, 0)) = 1 AS window_is_lost,
           MAX(IFF(g.span = 'prior', 1, 0)) = 1   AS prior_is_lost
    FROM analytics.customer_gaps g
    JOIN asked q ON g.week_start = q.week_start AND g.window_weeks = q.weeks
    WHERE g.feed = 'usage figures' AND g.part IN ('all', 'module_code')
    GROUP BY g.customer_id, IFF(g.part = 'all', NULL, g.name)
),
judged AS (
    SELECT c.customer_id, c.name AS module_code, c.direction
    FROM analytics.customer_changes c
    JOIN asked q ON c.week_start = q.week_start AND c.window_weeks = q.weeks
    WHERE c.part = 'module' AND c.compared_with = 'before'
),
counted AS (
    SELECT a.customer_id, a.module_code, a.contracted_seats, j.direction AS usage_verdict,
           COALESCE(u.active_users, 0)               AS active_users,
           COALESCE(u.user_weeks_4w, 0)::DOUBLE / 4  AS users_4w,
           IFF(u.user_weeks_4w > 0, u.key_actions_4w::DOUBLE / u.user_weeks_4w, NULL)
                                                     AS actions_per_user_4w,
           COALESCE(u.weeks_used_13w, 0)             AS weeks_used_13w,
           COALESCE(u.key_actions_4w, 0)             AS key_actions_4w,
           COALESCE(u.key_actions_prior_4w, 0)       AS key_actions_prior_4w,
           DATEDIFF('day', e.last_used_on, b.week_end) AS days_since_last_use,
           COALESCE(e.peak_users_26w, 0)             AS peak_users_26w,
           COALESCE(u.users_2w, 0)                   AS users_2w,
           COALESCE(o.week_is_lost, FALSE) OR COALESCE(m.week_is_lost, FALSE)     AS week_is_lost,
           COALESCE(o.window_is_lost, FALSE) OR COALESCE(m.window_is_lost, FALSE) AS window_is_lost,
           COALESCE(o.prior_is_lost, FALSE) OR COALESCE(m.prior_is_lost, FALSE)   AS prior_is_lost
    FROM active a
    CROSS JOIN bounds b
    LEFT JOIN ever e   ON e.customer_id = a.customer_id AND e.module_code = a.module_code
    LEFT JOIN lately u ON u.customer_id = a.customer_id AND u.module_code = a.module_code
    LEFT JOIN judged j ON j.customer_id = a.customer_id AND j.module_code = a.module_code
    LEFT JOIN lost o   ON o.customer_id = a.customer_id AND o.module_code IS NULL
    LEFT JOIN lost m   ON m.customer_id = a.customer_id AND m.module_code = a.module_code
),
known AS (
    SELECT customer_id, module_code, contracted_seats, usage_verdict, week_is_lost, window_is_lost,
           prior_is_lost, users_2w,
           IFF(week_is_lost, NULL, active_users)          AS active_users,
           IFF(window_is_lost, NULL, users_4w)            AS users_4w,
           IFF(window_is_lost, NULL, actions_per_user_4w) AS actions_per_user_4w,
           IFF(window_is_lost, NULL, weeks_used_13w)      AS weeks_used_13w,
           IFF(window_is_lost, NULL, key_actions_4w)      AS key_actions_4w,
           IFF(prior_is_lost, NULL, key_actions_prior_4w) AS key_actions_prior_4w,
           IFF(window_is_lost, NULL, days_since_last_use) AS days_since_last_use,
           IFF(window_is_lost, NULL, peak_users_26w)      AS peak_users_26w
    FROM counted
),
compared AS (
    SELECT k.*, active_users::DOUBLE / NULLIF(contracted_seats, 0) AS seat_utilisation,
           users_4w / NULLIF(contracted_seats, 0)                  AS seat_utilisation_4w,
           key_actions_4w::DOUBLE / NULLIF(key_actions_prior_4w, 0) - 1 AS usage_change
    FROM known k
)
SELECT c.customer_id, c.module_code, b.week_start, c.contracted_seats, c.active_users,
       c.seat_utilisation, c.users_4w, c.actions_per_user_4w, c.weeks_used_13w, c.key_actions_4w,
       c.key_actions_prior_4w, c.usage_change, c.usage_verdict, c.days_since_last_use,
       c.peak_users_26w,
       -- The better of the last two weeks has few of the users of the best week of half a year.
       IFF(c.week_is_lost OR c.window_is_lost, NULL,
           c.peak_users_26w >= b.collapsed_from_users
           AND c.users_2w <= b.collapsed_share * c.peak_users_26w) AS is_collapsed,
       -- Worst news first. Who has not used it since the data begin may have used it before.
       CASE
           WHEN c.week_is_lost OR c.window_is_lost THEN NULL
           WHEN c.days_since_last_use IS NULL THEN IFF(c.prior_is_lost, NULL, 'not_started')
           WHEN c.days_since_last_use > b.dropped_after_days OR c.key_actions_4w = 0 THEN 'dropped'
           WHEN c.usage_verdict = 'fall' AND c.usage_change <= b.declining_change THEN 'declining'
           WHEN (c.seat_utilisation_4w >= b.adopted_utilisation
                 OR (c.seat_utilisation_4w IS NULL AND c.users_4w > 0))
                AND c.days_since_last_use <= b.used_within_days THEN 'adopted'
           ELSE 'trying'
       END AS adoption_stage
FROM compared c
CROSS JOIN bounds b
ORDER BY c.customer_id, c.module_code
