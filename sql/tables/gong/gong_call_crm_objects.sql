-- One row per call and CRM object that Gong names for the call or for one of its parties.
-- key: call_id, party_id, system, object_type, object_id, timing
-- partition: call_date
CREATE TABLE IF NOT EXISTS gong.gong_call_crm_objects (
    call_id     STRING NOT NULL, -- the call
    call_date   DATE NOT NULL,   -- UTC day of the start
    party_id    STRING NOT NULL, -- the party it belongs to; empty text for the call itself
    system      STRING NOT NULL, -- HubSpot, Salesforce, MicrosoftDynamic or Generic
    object_type STRING NOT NULL, -- Opportunity (a deal), Account (a company), Contact, Lead, User, ..
    object_id   STRING NOT NULL, -- id in the CRM
    timing      STRING NOT NULL, -- as of which time the fields are: Now or TimeOfCall
    object_name STRING,          -- its name
    website     STRING,          -- web address of an account
    deal_stage  STRING,          -- stage of an opportunity
    deal_amount DECIMAL(18,2)    -- amount of an opportunity
);
