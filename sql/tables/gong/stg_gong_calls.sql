-- One row per call, staged from raw.
-- key: call_id
-- partition: call_date
-- feed: calls; day call_date; late: caveat
CREATE TABLE IF NOT EXISTS gong.stg_gong_calls (
    call_id                   STRING NOT NULL,        -- the call
    call_date                 DATE NOT NULL,          -- UTC day of the start
    title                     STRING,                 -- title
    started                   TIMESTAMP_NTZ NOT NULL, -- start, UTC
    duration_seconds          BIGINT,                 -- length
    primary_user_id           STRING,                 -- host, joins gong_users
    direction                 STRING,                 -- Inbound, Outbound, Conference or Unknown
    scope                     STRING,                 -- Internal, External or Unknown
    system                    STRING,                 -- where it was recorded
    language                  STRING,                 -- ISO 639-2
    workspace_id              STRING,                 -- workspace in Gong
    is_private                BOOLEAN NOT NULL,       -- private in Gong
    url                       STRING,                 -- page in Gong
    call_type                 STRING,                 -- kind of call from title and topics; one of: discovery, demo, negotiation, closing, success, support, internal, other
    hubspot_deal_id           STRING,                 -- deal
    hubspot_company_id        STRING,                 -- company
    hubspot_contact_id        STRING,                 -- main contact
    salesforce_opportunity_id STRING,                 -- opportunity in Salesforce
    salesforce_account_id     STRING,                 -- account in Salesforce
    deal_stage_at_call        STRING,                 -- stage as Gong knew it
    deal_amount_at_call       DECIMAL(18,2),          -- amount as Gong knew it, USD
    account_name              STRING,                 -- company as Gong knew it
    match_method              STRING,                 -- how the company was found; one of: context, email, domain
    customer_id               STRING,                 -- our customer, when the company is one
    talk_ratio                DOUBLE,                 -- host's share of all speech, 0 to 1, from Gong
    interactivity             DOUBLE,                 -- from Gong
    patience_seconds          DOUBLE,                 -- from Gong
    longest_monologue_seconds DOUBLE,                 -- from Gong
    company_questions         BIGINT,                 -- questions by our side, from Gong
    customer_questions        BIGINT,                 -- questions by the customer, from Gong
    lacks                     STRING,                 -- what Gong did not give: start_is_scheduled, no_duration, no_parties
    content_hash              STRING NOT NULL         -- of the raw call
);
