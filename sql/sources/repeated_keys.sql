-- Keys that occur more than once, where the key is complete. One row per source table.
SELECT 'accounts' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT account_id FROM source.accounts WHERE account_id IS NOT NULL
    GROUP BY account_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'attributions' AS table_name, 'attribution_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT attribution_id FROM source.attributions WHERE attribution_id IS NOT NULL
    GROUP BY attribution_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'case_studies' AS table_name, 'case_study_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT case_study_id FROM source.case_studies WHERE case_study_id IS NOT NULL
    GROUP BY case_study_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'conversions' AS table_name, 'conversion_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT conversion_id FROM source.conversions WHERE conversion_id IS NOT NULL
    GROUP BY conversion_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'account_id, assigned_at' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT account_id, assigned_at FROM source.csm_assignment_history WHERE account_id IS NOT NULL AND assigned_at IS NOT NULL
    GROUP BY account_id, assigned_at HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'csm_assignments' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT customer_id FROM source.csm_assignments WHERE customer_id IS NOT NULL
    GROUP BY customer_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'csms' AS table_name, 'csm_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT csm_id FROM source.csms WHERE csm_id IS NOT NULL
    GROUP BY csm_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'customers' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT customer_id FROM source.customers WHERE customer_id IS NOT NULL
    GROUP BY customer_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'historical_engagement' AS table_name, 'engagement_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT engagement_id FROM source.historical_engagement WHERE engagement_id IS NOT NULL
    GROUP BY engagement_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'hubspot_companies' AS table_name, 'company_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT company_id FROM source.hubspot_companies WHERE company_id IS NOT NULL
    GROUP BY company_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'hubspot_contacts' AS table_name, 'contact_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT contact_id FROM source.hubspot_contacts WHERE contact_id IS NOT NULL
    GROUP BY contact_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'hubspot_deals' AS table_name, 'deal_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT deal_id FROM source.hubspot_deals WHERE deal_id IS NOT NULL
    GROUP BY deal_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'industry_vertical, metric_name, percentile_rank, period_end' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT industry_vertical, metric_name, percentile_rank, period_end FROM source.industry_benchmarks WHERE industry_vertical IS NOT NULL AND metric_name IS NOT NULL AND percentile_rank IS NOT NULL AND period_end IS NOT NULL
    GROUP BY industry_vertical, metric_name, percentile_rank, period_end HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'module_usage' AS table_name, 'customer_id, module_code, week_start' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT customer_id, module_code, week_start FROM source.module_usage WHERE customer_id IS NOT NULL AND module_code IS NOT NULL AND week_start IS NOT NULL
    GROUP BY customer_id, module_code, week_start HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'onboarding_detail' AS table_name, 'account_id_ob, tenant_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT account_id_ob, tenant_id FROM source.onboarding_detail WHERE account_id_ob IS NOT NULL AND tenant_id IS NOT NULL
    GROUP BY account_id_ob, tenant_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'products' AS table_name, 'customer_id, module_code' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT customer_id, module_code FROM source.products WHERE customer_id IS NOT NULL AND module_code IS NOT NULL
    GROUP BY customer_id, module_code HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'svot_signals' AS table_name, 'signal_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT signal_id FROM source.svot_signals WHERE signal_id IS NOT NULL
    GROUP BY signal_id HAVING COUNT(*) > 1
) AS repeated
UNION ALL
SELECT 'workday_workers' AS table_name, 'worker_id' AS column_name, COUNT(*) AS bad_rows
FROM (
    SELECT worker_id FROM source.workday_workers WHERE worker_id IS NOT NULL
    GROUP BY worker_id HAVING COUNT(*) > 1
) AS repeated
