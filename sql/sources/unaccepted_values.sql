-- Rows whose value is none of the accepted ones. One row per column with accepted values.
SELECT 'accounts' AS table_name, 'segment' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE segment NOT IN ('Enterprise', 'Mid-Market', 'Small Business', 'Residential')
UNION ALL
SELECT 'accounts' AS table_name, 'account_level' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE account_level NOT IN ('Corporate', 'Individual', 'Unknown')
UNION ALL
SELECT 'accounts' AS table_name, 'health_segment' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE health_segment NOT IN ('Red', 'Yellow', 'Green')
UNION ALL
SELECT 'accounts' AS table_name, 'lifecycle_stage' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE lifecycle_stage NOT IN ('onboarding', 'steady', 'renewal')
UNION ALL
SELECT 'case_studies' AS table_name, 'company_size' AS column_name, COUNT(*) AS bad_rows FROM source.case_studies
WHERE company_size NOT IN ('Enterprise', 'Mid-Market', 'Small Business')
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'outcome' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE outcome NOT IN ('retained', 'churned', 'escalated', 'reassigned', 'open')
UNION ALL
SELECT 'csms' AS table_name, 'region' AS column_name, COUNT(*) AS bad_rows FROM source.csms
WHERE region NOT IN ('North America', 'Asia Pacific', 'Europe', 'Latin America')
UNION ALL
SELECT 'customers' AS table_name, 'segment' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE segment NOT IN ('Enterprise', 'Mid-Market', 'Small Business')
UNION ALL
SELECT 'customers' AS table_name, 'region' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE region NOT IN ('North America', 'Asia Pacific', 'Europe', 'Latin America')
UNION ALL
SELECT 'customers' AS table_name, 'lifecycle_stage' AS column_name, COUNT(*) AS bad_rows FROM source.customers
WHERE lifecycle_stage NOT IN ('onboarding', 'steady', 'renewal')
UNION ALL
SELECT 'module_usage' AS table_name, 'module_code' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE module_code NOT IN ('GL', 'AP', 'AR', 'CR')
UNION ALL
SELECT 'products' AS table_name, 'module_code' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE module_code NOT IN ('GL', 'AP', 'AR', 'CR')
UNION ALL
SELECT 'products' AS table_name, 'status' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE status NOT IN ('active', 'cancelled')
UNION ALL
SELECT 'svot_signals' AS table_name, 'severity' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE severity NOT IN ('low', 'medium', 'high')
