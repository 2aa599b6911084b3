-- What each customer's contract was at the end of a week: revenue, tenure, renewal, notice.
-- Grain: customer. Parameters: Monday of the week.
-- A contract year that is over by today tells its own revenue and end; in the running one revenue is
-- today's, moved by the list price of modules bought or given back since the week.
-- Money is in USD by today's rate, so that a rate that moves is no change of revenue; where none is
-- known it is empty, and arr_own in arr_currency alone is told.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT week_start, DATEADD('day', 6, week_start)::DATE AS week_end
    FROM period
),
-- A cancellation before the purchase is of an earlier contract: the module was bought again.
bought AS (
    SELECT p.customer_id, p.purchased_on, p.annual_price, p.purchased_on <= b.week_end AS was_bought,
           p.status = 'active' AND COALESCE(p.cancelled_on < p.purchased_on, TRUE) AS is_kept,
           COALESCE(p.cancelled_on > b.week_end, FALSE)                           AS was_kept_then
    FROM source.products p
    CROSS JOIN bounds b
),
listed AS (
    SELECT customer_id, MIN(purchased_on) AS first_purchase,
           SUM(IFF(is_kept, annual_price, 0)) AS list_today,
           SUM(IFF(was_bought AND (is_kept OR was_kept_then), annual_price, 0))     AS list_then,
           SUM(IFF(was_bought AND NOT (is_kept OR was_kept_then), 1, 0))            AS cancelled_modules,
           SUM(IFF(was_bought AND NOT (is_kept OR was_kept_then), annual_price, 0)) AS cancelled_value
    FROM bought
    GROUP BY customer_id
),
terms AS (
    SELECT t.customer_id, t.term_start, t.term_end, t.notice_date, t.arr,
           ROW_NUMBER() OVER (PARTITION BY t.customer_id ORDER BY t.term_start DESC) AS from_last,
           MIN(t.term_start) OVER (PARTITION BY t.customer_id)                       AS first_term
    FROM source.contract_terms t
),
running AS (
    SELECT t.customer_id, t.term_end, t.notice_date, t.arr, t.first_term, t.from_last = 1 AS is_last
    FROM terms t
    CROSS JOIN bounds b
    WHERE t.term_start <= b.week_end AND (t.term_end > b.week_end OR t.from_last = 1)
    QUALIFY ROW_NUMBER() OVER (PARTITION BY t.customer_id ORDER BY t.from_last) = 1
),
joined AS (
    SELECT k.customer_id, NULLIF(k.currency, 'USD') AS arr_currency,
           IFF(COALESCE(k.currency, 'USD') = 'USD', 1, x.usd_rate) AS usd_rate,
           k.arr AS arr_today, l.list_today, l.list_then, l.cancelled_modules,
           l.cancelled_value, r.arr AS term_arr, r.term_end, r.notice_date,
           r.customer_id IS NOT NULL AND NOT r.is_last                       AS is_past,
           COALESCE(k.contract_start, LEAST(COALESCE(r.first_term, l.first_purchase),
                                            COALESCE(l.first_purchase, r.first_term))) AS began_on,
           k.renewal_date AS renewal_today, b.week_start, b.week_end,
           -- Shares of a price that is there on both days; else today's stands.
           COALESCE(l.list_then > 0 AND l.list_today > 0 AND l.list_then <> l.list_today, FALSE)
               AS has_moved
    FROM source.customers k
    CROSS JOIN bounds b
    LEFT JOIN source.exchange_rates x ON x.currency = k.currency
    LEFT JOIN listed l  ON l.customer_id = k.customer_id
    LEFT JOIN running r ON r.customer_id = k.customer_id
),
valued AS (
    SELECT j.*,
           CAST(CASE
               WHEN began_on > week_end THEN NULL
               WHEN is_past THEN term_arr
               WHEN has_moved THEN arr_today::DOUBLE * list_then / list_today
               ELSE arr_today
           END AS DECIMAL(18,2)) AS arr_own
    FROM joined j
)
SELECT customer_id,
       arr_currency, arr_own,
       CAST(arr_own::DOUBLE * usd_rate AS DECIMAL(18,2)) AS arr,
       CASE
           WHEN began_on > week_end THEN 'before'
           WHEN is_past AND term_arr IS NOT NULL THEN 'term'
           WHEN arr_today IS NULL THEN NULL
           WHEN has_moved THEN 'modules'
           ELSE 'today'
       END AS arr_basis,
       cancelled_modules, CAST(cancelled_value::DOUBLE * usd_rate AS DECIMAL(18,2)) AS cancelled_value,
       DATEDIFF('day', began_on, week_end) AS tenure_days,
       IFF(is_past, term_end, COALESCE(renewal_today, term_end)) AS renewal_date,
       IFF(is_past OR renewal_today IS NULL OR renewal_today = term_end, notice_date, NULL) AS notice_date
FROM valued
ORDER BY customer_id
