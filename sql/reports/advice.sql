-- What a customer's review advised.
-- Grain: piece of advice. Parameters: the customer, Monday of the week.
SELECT number, title, play, playbook, week_start
FROM analytics.review_advice
WHERE customer_id = ? AND week_start = ? AND edition = 'weekly'
ORDER BY number
