-- One row per call that can be linked to the CRM, for a stretch of days.
--
-- The company is the account that the call's context names, else the company of the
-- deal or contact that it names (method context); else that of a contact with the
-- address of an outside party (email); else the one whose web domain most outside
-- parties write from, shared mail providers left out (domain). An account that the CRM
-- does not know counts only where nothing that it knows does. Domains are compared as
-- gong_web_domains says what they mean.
WITH period AS (
    SELECT CAST(? AS DATE) AS first_day, CAST(? AS DATE) AS last_day
),
calls AS (
    SELECT h.call_id, h.call_date
    FROM gong.gong_call_headers h
    JOIN period ON h.call_date BETWEEN period.first_day AND period.last_day
    WHERE NOT h.is_private
),
objects AS (
    SELECT o.*
    FROM gong.gong_call_crm_objects o
    JOIN calls ON calls.call_id = o.call_id
),
outsiders AS (
    SELECT
        p.call_id, p.party_id, p.party_index, p.email,
        IFF(p.speaker_id IS NULL, 1, 0) AS silent,
        SPLIT_PART(p.email, '@', 2) AS domain
    FROM gong.stg_gong_call_participants p
    JOIN calls ON calls.call_id = p.call_id
    WHERE p.affiliation <> 'Internal'
),
deals AS (
    SELECT
        o.call_id, o.object_id, o.deal_stage, o.deal_amount, d.company_id
    FROM objects o
    LEFT JOIN source.hubspot_deals d ON d.deal_id = o.object_id
    WHERE o.object_type = 'Opportunity'
      AND (o.system = 'HubSpot' OR d.deal_id IS NOT NULL)
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY o.call_id
        ORDER BY IFF(d.deal_id IS NULL, 1, 0), IFF(o.party_id = '', 0, 1),
                 IFF(o.timing = 'TimeOfCall', 0, 1), o.object_id, o.party_id
    ) = 1
),
accounts AS (
    SELECT
        o.call_id, o.object_id, o.object_name, c.company_id AS known_company_id
    FROM objects o
    LEFT JOIN source.hubspot_companies c ON c.company_id = o.object_id
    WHERE o.object_type = 'Account'
      AND (o.system = 'HubSpot' OR c.company_id IS NOT NULL)
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY o.call_id
        ORDER BY IFF(c.company_id IS NULL, 1, 0), IFF(o.party_id = '', 0, 1),
                 IFF(o.timing = 'TimeOfCall', 0, 1), o.object_id, o.party_id
    ) = 1
),
salesforce AS (
    SELECT
        call_id, object_type, object_id, object_name, website, deal_stage, deal_amount
    FROM objects
    WHERE system = 'Salesforce'
      AND object_type IN ('Opportunity', 'Account')
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY call_id, object_type
        ORDER BY IFF(party_id = '', 0, 1), IFF(timing = 'TimeOfCall', 0, 1), object_id, party_id
    ) = 1
),
opportunities AS (
    SELECT * FROM salesforce WHERE object_type = 'Opportunity'
),
salesforce_accounts AS (
    SELECT * FROM salesforce WHERE object_type = 'Account'
),
named_contacts AS (
    SELECT
        o.call_id, o.object_id AS contact_id, c.company_id
    FROM objects o
    JOIN outsiders p ON p.call_id = o.call_id AND p.party_id = o.party_id
    LEFT JOIN source.hubspot_contacts c ON c.contact_id = o.object_id
    WHERE o.object_type = 'Contact'
      AND (o.system = 'HubSpot' OR c.contact_id IS NOT NULL)
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY o.call_id
        ORDER BY p.silent, IFF(c.contact_id IS NULL, 1, 0), p.party_index, o.object_id, o.timing
    ) = 1
),
mailed_contacts AS (
    SELECT
        p.call_id, c.contact_id, c.company_id
    FROM outsiders p
    JOIN source.hubspot_contacts c ON LOWER(TRIM(c.email)) = p.email
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY p.call_id
        ORDER BY IFF(c.company_id IS NULL, 1, 0), p.silent, p.party_index, c.contact_id
    ) = 1
),
domains AS (
    SELECT p.call_id, w.domain, COUNT(*) AS parties
    FROM outsiders p
    JOIN gong.gong_web_domains w ON w.written = p.domain
    LEFT JOIN gong.gong_shared_mail_domains s ON s.domain = w.domain
    WHERE s.domain IS NULL
    GROUP BY p.call_id, w.domain
    UNION ALL
    SELECT o.call_id, w.domain, 0 AS parties
    FROM objects o
    JOIN gong.gong_web_domains w ON w.written = o.website
),
domain_companies AS (
    SELECT
        d.call_id, c.company_id
    FROM domains d
    JOIN gong.gong_web_domains w ON w.domain = d.domain
    JOIN source.hubspot_companies c ON c.domain = w.written
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY d.call_id ORDER BY d.parties DESC, c.company_id
    ) = 1
),
domain_customers AS (
    SELECT
        d.call_id, c.customer_id
    FROM domains d
    JOIN gong.gong_web_domains w ON w.domain = d.domain
    JOIN source.customers c ON c.company_domain = w.written
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY d.call_id ORDER BY d.parties DESC, c.customer_id
    ) = 1
),
linked AS (
    SELECT
        calls.call_id,
        calls.call_date,
        deals.object_id AS hubspot_deal_id,
        COALESCE(
            accounts.known_company_id, deals.company_id, named_contacts.company_id,
            mailed_contacts.company_id, domain_companies.company_id,
            IFF(domain_customers.customer_id IS NULL, accounts.object_id, NULL)
        ) AS hubspot_company_id,
        COALESCE(named_contacts.contact_id, mailed_contacts.contact_id) AS hubspot_contact_id,
        opportunities.object_id AS salesforce_opportunity_id,
        salesforce_accounts.object_id AS salesforce_account_id,
        COALESCE(deals.deal_stage, opportunities.deal_stage) AS deal_stage_at_call,
        COALESCE(deals.deal_amount, opportunities.deal_amount) AS deal_amount_at_call,
        -- The name of an account that the CRM does not know is no name of a company that it does.
        COALESCE(
            IFF(
                accounts.known_company_id IS NOT NULL OR COALESCE(
                    deals.company_id, named_contacts.company_id, mailed_contacts.company_id,
                    domain_companies.company_id
                ) IS NULL, accounts.object_name, NULL
            ),
            salesforce_accounts.object_name
        ) AS named_account,
        CASE
            WHEN COALESCE(
                accounts.known_company_id, deals.company_id, named_contacts.company_id
            ) IS NOT NULL THEN 'context'
            WHEN mailed_contacts.company_id IS NOT NULL THEN 'email'
            WHEN COALESCE(domain_companies.company_id, domain_customers.customer_id)
                IS NOT NULL THEN 'domain'
            WHEN accounts.object_id IS NOT NULL THEN 'context'
        END AS match_method,
        domain_customers.customer_id AS domain_customer_id
    FROM calls
    LEFT JOIN deals ON deals.call_id = calls.call_id
    LEFT JOIN accounts ON accounts.call_id = calls.call_id
    LEFT JOIN opportunities ON opportunities.call_id = calls.call_id
    LEFT JOIN salesforce_accounts ON salesforce_accounts.call_id = calls.call_id
    LEFT JOIN named_contacts ON named_contacts.call_id = calls.call_id
    LEFT JOIN mailed_contacts ON mailed_contacts.call_id = calls.call_id
    LEFT JOIN domain_companies ON domain_companies.call_id = calls.call_id
    LEFT JOIN domain_customers ON domain_customers.call_id = calls.call_id
)
SELECT
    linked.call_id,
    linked.call_date,
    linked.hubspot_deal_id,
    linked.hubspot_company_id,
    linked.hubspot_contact_id,
    linked.salesforce_opportunity_id,
    linked.salesforce_account_id,
    linked.deal_stage_at_call,
    linked.deal_amount_at_call,
    COALESCE(linked.named_account, companies.company_name) AS account_name,
    linked.match_method,
    -- The CRM's word counts; the domain speaks only where the CRM knows no company.
    COALESCE(
        companies.customer_id,
        IFF(linked.hubspot_company_id IS NULL, linked.domain_customer_id, NULL)
    ) AS customer_id
FROM linked
LEFT JOIN source.hubspot_companies companies ON companies.company_id = linked.hubspot_company_id
