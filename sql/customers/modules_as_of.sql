-- Every module that a customer has or had at the end of a week, with how far it is adopted.
-- The price is in USD by today's rate, empty where none is known.
-- Grain: customer and module. Parameters: Monday of the week.
WITH period AS (
    SELECT CAST(? AS DATE) AS week_start
),
bounds AS (
    SELECT week_start, DATEADD('day', 6, week_start)::DATE AS week_end
    FROM period
)
SELECT p.customer_id, p.module_code, b.week_start, p.purchased_on, p.contracted_seats,
       CAST(p.annual_price::DOUBLE * IFF(COALESCE(k.currency, 'USD') = 'USD', 1, x.usd_rate) AS DECIMAL(18,2)) AS annual_price,
       p.cancelled_on,
       -- A cancellation before the purchase is of an earlier contract: the module was bought again.
       NOT ((p.status = 'active' AND COALESCE(p.cancelled_on < p.purchased_on, TRUE))
            OR COALESCE(p.cancelled_on > b.week_end, FALSE)) AS is_cancelled,
       a.adoption_stage, a.is_collapsed, a.seat_utilisation, a.days_since_last_use
FROM source.products p
CROSS JOIN bounds b
LEFT JOIN source.customers k ON k.customer_id = p.customer_id
LEFT JOIN source.exchange_rates x ON x.currency = k.currency
LEFT JOIN analytics.module_adoption a
       ON a.customer_id = p.customer_id AND a.module_code = p.module_code AND a.week_start = b.week_start
WHERE p.purchased_on <= b.week_end
ORDER BY p.customer_id, p.module_code
