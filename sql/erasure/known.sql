-- Everybody and every company that some system knows, by id, name and address.
-- Grain: row of a system. space says of what the id is; customer_id whose it is, where known.
SELECT 'customer' AS space, customer_id AS id, customer_name AS name, company_domain AS address, customer_id
FROM source.customers
UNION ALL
SELECT 'account', account_id, account_name, NULL, NULL FROM source.accounts
UNION ALL
SELECT 'company', company_id, company_name, domain, customer_id FROM source.hubspot_companies
UNION ALL
SELECT 'deal', d.deal_id, d.deal_name, NULL, h.customer_id
FROM source.hubspot_deals d
JOIN source.hubspot_companies h ON h.company_id = d.company_id
UNION ALL
SELECT 'contact', c.contact_id, c.full_name, c.email, h.customer_id
FROM source.hubspot_contacts c
LEFT JOIN source.hubspot_companies h ON h.company_id = c.company_id
UNION ALL
SELECT 'person', person_id, full_name, NULL, customer_id FROM source.customer_people
UNION ALL
SELECT 'user', user_id, full_name, email, NULL FROM gong.gong_users
UNION ALL
SELECT 'csm', csm_id, csm_name, csm_email, NULL FROM source.csms
UNION ALL
SELECT 'worker', worker_id, worker_name, worker_email, NULL FROM source.workday_workers
UNION ALL
SELECT 'party', COALESCE(p.email, p.full_name), MAX(p.full_name), p.email, MAX(c.customer_id)
FROM gong.stg_gong_call_participants p
JOIN gong.stg_gong_calls c ON c.call_id = p.call_id
WHERE p.affiliation = 'External' AND COALESCE(p.email, p.full_name) IS NOT NULL
GROUP BY COALESCE(p.email, p.full_name), p.email
ORDER BY 1, 2
