-- One row per customer in scope: what its line in a book is made of; empty where nothing is made.
WITH period AS (
    SELECT
        CAST(? AS STRING) AS first_customer,
        CAST(? AS STRING) AS last_customer,
        CAST(? AS DATE) AS week_start
)

SELECT
    c.customer_id,
    c.customer_name,
    CAST(c.arr::DOUBLE * IFF(COALESCE(c.currency, 'USD') = 'USD', 1, x.usd_rate) AS DECIMAL(18, 2)) AS arr,
    IFF(c.currency = 'USD', NULL, c.currency) AS arr_currency,
    c.arr AS arr_own,
    c.renewal_date,
    COALESCE(r.csm_id, a.csm_id) AS csm_id,
    m.csm_name,
    r.status,
    r.title,
    r.book_line,
    g.verdict,
    g.reasons,
    p.pdf_path,
    p.html_path,
    p.bytes,
    k.health_segment,
    k.health_score,
    k.health_factors,
    k.health_override
FROM source.customers c
INNER JOIN period w ON c.customer_id BETWEEN w.first_customer AND w.last_customer
LEFT JOIN source.exchange_rates x ON c.currency = x.currency
LEFT JOIN source.csm_assignments a ON c.customer_id = a.customer_id
LEFT JOIN analytics.weekly_reports r
    ON c.customer_id = r.customer_id AND r.week_start = w.week_start AND r.edition = 'weekly'
LEFT JOIN source.csms m ON COALESCE(r.csm_id, a.csm_id) = m.csm_id
LEFT JOIN ops.send_gate g
    ON c.customer_id = g.artefact_id AND g.period_start = w.week_start AND g.kind = 'weekly_report'
LEFT JOIN analytics.weekly_report_pdfs p
    ON c.customer_id = p.customer_id AND p.week_start = w.week_start AND p.edition = 'weekly'
    AND p.paper = ?
LEFT JOIN analytics.customer_metrics k
    ON c.customer_id = k.customer_id AND k.week_start = w.week_start
ORDER BY c.customer_id
