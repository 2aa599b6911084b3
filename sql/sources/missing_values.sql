-- Rows without a value that is required. One row per required column.
SELECT 'accounts' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE account_id IS NULL
UNION ALL
SELECT 'accounts' AS table_name, 'account_name' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE account_name IS NULL
UNION ALL
SELECT 'accounts' AS table_name, 'is_protected' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE is_protected IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'attribution_id' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE attribution_id IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE customer_id IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'touchpoint_date' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE touchpoint_date IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'channel' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE channel IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'attribution_weight' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE attribution_weight IS NULL
UNION ALL
SELECT 'attributions' AS table_name, 'attributed_revenue' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE attributed_revenue IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'case_study_id' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE case_study_id IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'title' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE title IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'company_name' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE company_name IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'industry_vertical' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE industry_vertical IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'company_size' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE company_size IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'content' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE content IS NULL
UNION ALL
SELECT 'case_studies' AS table_name, 'key_results' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE key_results IS NULL
UNION ALL
SELECT 'conversions' AS table_name, 'conversion_id' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE conversion_id IS NULL
UNION ALL
SELECT 'conversions' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE customer_id IS NULL
UNION ALL
SELECT 'conversions' AS table_name, 'conversion_date' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE conversion_date IS NULL
UNION ALL
SELECT 'conversions' AS table_name, 'channel' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE channel IS NULL
UNION ALL
SELECT 'conversions' AS table_name, 'conversion_value' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE conversion_value IS NULL
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE account_id IS NULL
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'worker_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE worker_id IS NULL
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'assigned_at' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE assigned_at IS NULL
UNION ALL
SELECT 'csm_assignments' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignments
WHERE customer_id IS NULL
UNION ALL
SELECT 'csm_assignments' AS table_name, 'csm_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignments
WHERE csm_id IS NULL
UNION ALL
SELECT 'csm_assignments' AS table_name, 'assigned_on' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignments
WHERE assigned_on IS NULL
UNION ALL
SELECT 'csms' AS table_name, 'csm_id' AS column_name, COUNT(*) AS bad_rows FROM source.csms
WHERE csm_id IS NULL
UNION ALL
SELECT 'csms' AS table_name, 'csm_name' AS column_name, COUNT(*) AS bad_rows FROM source.csms
WHERE csm_name IS NULL
UNION ALL
SELECT 'csms' AS table_name, 'csm_email' AS column_name, COUNT(*) AS bad_rows FROM source.csms
WHERE csm_email IS NULL
UNION ALL
SELECT 'csms' AS table_name, 'region' AS column_name, COUNT(*) AS bad_rows FROM source.csms
WHERE region IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE customer_id IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'customer_name' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE customer_name IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'industry' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE industry IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'segment' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE segment IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'region' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE region IS NULL
UNION ALL
SELECT 'customers' AS table_name, 'lifecycle_stage' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE lifecycle_stage IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'engagement_id' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE engagement_id IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE customer_id IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'engagement_date' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE engagement_date IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'channel' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE channel IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'messages_sent' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE messages_sent IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'messages_opened' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE messages_opened IS NULL
UNION ALL
SELECT 'historical_engagement' AS table_name, 'messages_clicked' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE messages_clicked IS NULL
UNION ALL
SELECT 'hubspot_companies' AS table_name, 'company_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_companies
WHERE company_id IS NULL
UNION ALL
SELECT 'hubspot_companies' AS table_name, 'company_name' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_companies
WHERE company_name IS NULL
UNION ALL
SELECT 'hubspot_contacts' AS table_name, 'contact_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_contacts
WHERE contact_id IS NULL
UNION ALL
SELECT 'hubspot_deals' AS table_name, 'deal_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_deals
WHERE deal_id IS NULL
UNION ALL
SELECT 'hubspot_deals' AS table_name, 'deal_name' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_deals
WHERE deal_name IS NULL
UNION ALL
SELECT 'hubspot_deals' AS table_name, 'deal_stage' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_deals
WHERE deal_stage IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'industry_vertical' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE industry_vertical IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'metric_name' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE metric_name IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'metric_value' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE metric_value IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'percentile_rank' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE percentile_rank IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'peer_count' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE peer_count IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'period_start' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE period_start IS NULL
UNION ALL
SELECT 'industry_benchmarks' AS table_name, 'period_end' AS column_name, COUNT(*) AS bad_rows FROM source.industry_benchmarks
WHERE period_end IS NULL
UNION ALL
SELECT 'module_usage' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE customer_id IS NULL
UNION ALL
SELECT 'module_usage' AS table_name, 'module_code' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE module_code IS NULL
UNION ALL
SELECT 'module_usage' AS table_name, 'week_start' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE week_start IS NULL
UNION ALL
SELECT 'module_usage' AS table_name, 'active_users' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE active_users IS NULL
UNION ALL
SELECT 'module_usage' AS table_name, 'key_actions' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE key_actions IS NULL
UNION ALL
SELECT 'onboarding_detail' AS table_name, 'tenant_id' AS column_name, COUNT(*) AS bad_rows FROM source.onboarding_detail
WHERE tenant_id IS NULL
UNION ALL
SELECT 'products' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE customer_id IS NULL
UNION ALL
SELECT 'products' AS table_name, 'module_code' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE module_code IS NULL
UNION ALL
SELECT 'products' AS table_name, 'purchased_on' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE purchased_on IS NULL
UNION ALL
SELECT 'products' AS table_name, 'status' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE status IS NULL
UNION ALL
SELECT 'products' AS table_name, 'contracted_seats' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE contracted_seats IS NULL
UNION ALL
SELECT 'products' AS table_name, 'annual_price' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE annual_price IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'signal_id' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE signal_id IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE account_id IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'signal_date' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE signal_date IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'signal_type' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE signal_type IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'severity' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE severity IS NULL
UNION ALL
SELECT 'svot_signals' AS table_name, 'is_active' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE is_active IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'worker_id' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE worker_id IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'worker_name' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE worker_name IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'worker_email' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE worker_email IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'job_profile' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE job_profile IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'is_active' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE is_active IS NULL
UNION ALL
SELECT 'workday_workers' AS table_name, 'hire_date' AS column_name, COUNT(*) AS bad_rows FROM source.workday_workers
WHERE hire_date IS NULL
