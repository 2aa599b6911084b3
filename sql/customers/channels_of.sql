-- The channels of one customer in a week.
-- Grain: channel. Parameters: Monday of the week, customer.
SELECT channel, messages_sent_4w, open_rate_4w, click_rate_4w, conversions_4w, conversion_value_4w,
       touchpoints_4w, attributed_revenue_4w
FROM analytics.customer_channels
WHERE week_start = ? AND customer_id = ?
ORDER BY channel
