-- Values that types allow and the field does not. One row per rule.
SELECT 'module_usage' AS table_name, 'week_start' AS column_name,
       'a week starts on a Monday' AS rule, COUNT(*) AS bad_rows,
       MIN(customer_id::STRING || '|' || module_code::STRING || '|' || week_start::STRING) AS first_key
FROM source.module_usage WHERE DATE_TRUNC('week', week_start)::DATE <> week_start
UNION ALL
SELECT 'module_usage', 'last_used_on', 'last use is not after the week', COUNT(*),
       MIN(customer_id::STRING || '|' || module_code::STRING || '|' || week_start::STRING)
FROM source.module_usage WHERE last_used_on > DATEADD('day', 6, week_start)::DATE
UNION ALL
SELECT 'historical_engagement', 'messages_opened', 'no more are opened than were sent', COUNT(*),
       MIN(engagement_id::STRING)
FROM source.historical_engagement WHERE messages_opened > messages_sent
UNION ALL
SELECT 'historical_engagement', 'messages_clicked', 'no more are clicked than were opened', COUNT(*),
       MIN(engagement_id::STRING)
FROM source.historical_engagement WHERE messages_clicked > messages_opened
UNION ALL
SELECT 'historical_engagement', 'engagement_score', 'a score lies between 0 and 100', COUNT(*),
       MIN(engagement_id::STRING)
FROM source.historical_engagement WHERE engagement_score < 0 OR engagement_score > 100
UNION ALL
SELECT 'attributions', 'attribution_weight', 'a share lies between 0 and 1', COUNT(*),
       MIN(attribution_id::STRING)
FROM source.attributions WHERE attribution_weight < 0 OR attribution_weight > 1
UNION ALL
SELECT 'conversions', 'conversion_value', 'a value is not negative', COUNT(*),
       MIN(conversion_id::STRING)
FROM source.conversions WHERE conversion_value < 0
UNION ALL
SELECT 'industry_benchmarks', 'percentile_rank', 'percentiles are 25, 50 and 75', COUNT(*),
       MIN(industry_vertical::STRING || '|' || customer_segment::STRING || '|'
           || metric_name::STRING || '|' || percentile_rank::STRING || '|' || period_end::STRING)
FROM source.industry_benchmarks WHERE percentile_rank NOT IN (25, 50, 75)
UNION ALL
SELECT 'industry_benchmarks', 'period_end', 'a period ends after it starts', COUNT(*),
       MIN(industry_vertical::STRING || '|' || customer_segment::STRING || '|'
           || metric_name::STRING || '|' || percentile_rank::STRING || '|' || period_end::STRING)
FROM source.industry_benchmarks WHERE period_end < period_start
UNION ALL
SELECT 'products', 'cancelled_on', 'a cancelled module has a day of cancellation', COUNT(*),
       MIN(customer_id::STRING || '|' || module_code::STRING)
FROM source.products WHERE status = 'cancelled' AND cancelled_on IS NULL
UNION ALL
SELECT 'products', 'cancelled_on', 'a cancelled module was bought before', COUNT(*),
       MIN(customer_id::STRING || '|' || module_code::STRING)
FROM source.products WHERE status = 'cancelled' AND cancelled_on < purchased_on
UNION ALL
SELECT 'customers', 'renewal_date', 'a term ends after it starts', COUNT(*),
       MIN(customer_id::STRING)
FROM source.customers WHERE renewal_date < contract_start
UNION ALL
SELECT 'workday_workers', 'leave_end', 'a leave ends after it starts', COUNT(*),
       MIN(worker_id::STRING)
FROM source.workday_workers WHERE leave_end < leave_start
UNION ALL
SELECT 'csm_assignment_history', 'ended_at', 'an assignment ends after it starts', COUNT(*),
       MIN(account_id::STRING || '|' || assigned_at::STRING)
FROM source.csm_assignment_history WHERE ended_at < assigned_at
UNION ALL
SELECT 'accounts', 'parent_account_id', 'an account is not its own parent', COUNT(*),
       MIN(account_id::STRING)
FROM source.accounts WHERE parent_account_id = account_id
