-- Rows that name something their parent table lacks. One row per referring column.
SELECT 'accounts' AS table_name, 'owner_worker_id' AS column_name, COUNT(*) AS bad_rows FROM source.accounts
WHERE owner_worker_id NOT IN (SELECT worker_id FROM source.workday_workers)
UNION ALL
SELECT 'attributions' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.attributions
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'conversions' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.conversions
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE account_id NOT IN (SELECT account_id FROM source.accounts)
UNION ALL
SELECT 'csm_assignment_history' AS table_name, 'worker_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignment_history
WHERE worker_id NOT IN (SELECT worker_id FROM source.workday_workers)
UNION ALL
SELECT 'csm_assignments' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignments
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'csm_assignments' AS table_name, 'csm_id' AS column_name, COUNT(*) AS bad_rows FROM source.csm_assignments
WHERE csm_id NOT IN (SELECT csm_id FROM source.csms)
UNION ALL
SELECT 'historical_engagement' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.historical_engagement
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'hubspot_companies' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_companies
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'hubspot_contacts' AS table_name, 'company_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_contacts
WHERE company_id NOT IN (SELECT company_id FROM source.hubspot_companies)
UNION ALL
SELECT 'hubspot_deals' AS table_name, 'company_id' AS column_name, COUNT(*) AS bad_rows FROM source.hubspot_deals
WHERE company_id NOT IN (SELECT company_id FROM source.hubspot_companies)
UNION ALL
SELECT 'module_usage' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.module_usage
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'onboarding_detail' AS table_name, 'account_id_ob' AS column_name, COUNT(*) AS bad_rows FROM source.onboarding_detail
WHERE account_id_ob NOT IN (SELECT account_id FROM source.accounts)
UNION ALL
SELECT 'products' AS table_name, 'customer_id' AS column_name, COUNT(*) AS bad_rows FROM source.products
WHERE customer_id NOT IN (SELECT customer_id FROM source.customers)
UNION ALL
SELECT 'svot_signals' AS table_name, 'account_id' AS column_name, COUNT(*) AS bad_rows FROM source.svot_signals
WHERE account_id NOT IN (SELECT account_id FROM source.accounts)
