-- Texts of a span that are judged already.
-- Grain: text. Parameters: first day, last day.
SELECT *
FROM analytics.customer_texts
WHERE said_on BETWEEN ? AND ?
ORDER BY text_id
