-- Adoption of every contracted module of every customer as of the end of one week.
-- Grain: customer and module. Parameters: Monday of the week.
-- Contracts as they stood at the week's end; use by weeks that are over then.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT week_start,
           DATEADD('day', 6, week_start)::DATE   AS week_end,
           DATEADD('day', -21, week_start)::DATE AS four_weeks_from,
           DATEADD('day', -49, week_start)::DATE AS prior_from,
           DATEADD('day', -28, week_start)::DATE AS prior_to,
           -- Counted here: for each row of use they would take most of the time.
           DATEADD('week', -1, week_start)::DATE  AS week_before,
           DATEADD('week', -13, week_start)::DATE AS quarter_before,
           DATEADD('week', -26, week_start)::DATE AS half_year_before
    FROM period
),
active AS (
    SELECT p.customer_id, p.module_code, p.contracted_seats, p.purchased_on
    FROM source.products p
    CROSS JOIN bounds b
    WHERE p.purchased_on <= b.week_end
      AND ((p.status = 'active' AND p.cancelled_on IS NULL) OR p.cancelled_on > b.week_end)
),
used AS (
    SELECT u.customer_id, u.module_code,
           SUM(IFF(u.week_start = b.week_start, u.active_users, 0)) AS active_users,
           SUM(IFF(u.week_start BETWEEN b.four_weeks_from AND b.week_start, u.key_actions, 0))
               AS key_actions_4w,
           SUM(IFF(u.week_start BETWEEN b.prior_from AND b.prior_to, u.key_actions, 0))
               AS key_actions_prior_4w,
           SUM(IFF(u.week_start BETWEEN b.four_weeks_from AND b.week_start, u.active_users, 0))
               AS user_weeks_4w,
           -- Its key has a row a week: counting rows counts weeks, at a third of the time.
           SUM(IFF(u.week_start > b.quarter_before AND u.key_actions > 0, 1, 0))
               AS weeks_used_13w,
           MAX(IFF(u.week_start > b.half_year_before, u.active_users, 0))
               AS peak_users_26w,
           MAX(IFF(u.week_start >= b.week_before, u.active_users, 0))
               AS users_2w,
           MAX(u.last_used_on) AS last_used_on
    FROM source.module_usage u
    CROSS JOIN bounds b
    WHERE u.week_start <= b.week_start
    GROUP BY u.customer_id, u.module_code
)
SELECT a.customer_id, a.module_code, b.week_start, a.contracted_seats,
       COALESCE(u.active_users, 0)         AS active_users,
       COALESCE(u.key_actions_4w, 0)       AS key_actions_4w,
       COALESCE(u.key_actions_prior_4w, 0) AS key_actions_prior_4w,
       COALESCE(u.user_weeks_4w, 0)::DOUBLE / 4  AS users_4w,
       IFF(u.user_weeks_4w > 0, u.key_actions_4w::DOUBLE / u.user_weeks_4w, NULL) AS actions_per_user_4w,
       COALESCE(u.weeks_used_13w, 0)       AS weeks_used_13w,
       COALESCE(u.peak_users_26w, 0)       AS peak_users_26w,
       COALESCE(u.users_2w, 0)             AS users_2w,
       DATEDIFF('day', u.last_used_on, b.week_end) AS days_since_last_use
FROM active a
CROSS JOIN bounds b
LEFT JOIN used u ON u.customer_id = a.customer_id AND u.module_code = a.module_code
ORDER BY a.customer_id, a.module_code
