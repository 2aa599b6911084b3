-- One row per call that could be linked to the CRM: to what, and how.
-- key: call_id
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_links (
    call_id                   STRING NOT NULL, -- the call
    call_date                 DATE NOT NULL,   -- UTC day of the start
    hubspot_deal_id           STRING,          -- deal in HubSpot
    hubspot_company_id        STRING,          -- company in HubSpot
    hubspot_contact_id        STRING,          -- main contact in HubSpot
    salesforce_opportunity_id STRING,          -- opportunity in Salesforce
    salesforce_account_id     STRING,          -- account in Salesforce
    deal_stage_at_call        STRING,          -- stage as Gong knew it
    deal_amount_at_call       DECIMAL(18,2),   -- amount as Gong knew it
    account_name              STRING,          -- name of the company
    match_method              STRING,          -- how the company was found; one of: context, email, domain
    customer_id               STRING           -- our customer, when the company is one
);
