-- Rows of every source table. One row per table.
SELECT 'accounts' AS table_name, COUNT(*) AS row_count FROM source.accounts
UNION ALL
SELECT 'attributions' AS table_name, COUNT(*) AS row_count FROM source.attributions
UNION ALL
SELECT 'case_studies' AS table_name, COUNT(*) AS row_count FROM source.case_studies
UNION ALL
SELECT 'conversions' AS table_name, COUNT(*) AS row_count FROM source.conversions
UNION ALL
SELECT 'csm_assignment_history' AS table_name, COUNT(*) AS row_count FROM source.csm_assignment_history
UNION ALL
SELECT 'csm_assignments' AS table_name, COUNT(*) AS row_count FROM source.csm_assignments
UNION ALL
SELECT 'csms' AS table_name, COUNT(*) AS row_count FROM source.csms
UNION ALL
SELECT 'customers' AS table_name, COUNT(*) AS row_count FROM source.customers
UNION ALL
SELECT 'historical_engagement' AS table_name, COUNT(*) AS row_count FROM source.historical_engagement
UNION ALL
SELECT 'hubspot_companies' AS table_name, COUNT(*) AS row_count FROM source.hubspot_companies
UNION ALL
SELECT 'hubspot_contacts' AS table_name, COUNT(*) AS row_count FROM source.hubspot_contacts
UNION ALL
SELECT 'hubspot_deals' AS table_name, COUNT(*) AS row_count FROM source.hubspot_deals
UNION ALL
SELECT 'industry_benchmarks' AS table_name, COUNT(*) AS row_count FROM source.industry_benchmarks
UNION ALL
SELECT 'module_usage' AS table_name, COUNT(*) AS row_count FROM source.module_usage
UNION ALL
SELECT 'onboarding_detail' AS table_name, COUNT(*) AS row_count FROM source.onboarding_detail
UNION ALL
SELECT 'products' AS table_name, COUNT(*) AS row_count FROM source.products
UNION ALL
SELECT 'svot_signals' AS table_name, COUNT(*) AS row_count FROM source.svot_signals
UNION ALL
SELECT 'workday_workers' AS table_name, COUNT(*) AS row_count FROM source.workday_workers
