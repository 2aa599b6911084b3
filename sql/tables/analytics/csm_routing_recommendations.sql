-- One row per account of a batch and candidate CSM, best first: the recommendation and the next two, with all that explains it.
-- key: batch_id, account_id, rank
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.csm_routing_recommendations (
    batch_id         STRING NOT NULL,       -- the batch
    account_id       STRING NOT NULL,       -- the account
    rank             BIGINT NOT NULL,       -- 1 the recommendation, 2 and 3 the next best
    tenant_id        STRING,                -- the tenant
    worker_id        STRING,                -- the CSM; empty when there is none
    worker_name      STRING,                -- name
    status           STRING NOT NULL,       -- what it is; one of: recommended, alternative, waiting, needs_person
    method           STRING NOT NULL,       -- how it was found; one of: weighted_score, integer_programme, pinned, none
    score            DOUBLE,                -- the cost as a score, 0 to 1, higher is better; single accounts only
    score_terms      STRING,                -- JSON: weight and value, 0 to 1, of each term of the score
    cost             BIGINT,                -- cost of this owner, in billionths; 1 is an average account on a full book
    cost_difference  BIGINT,                -- cost above the recommendation's
    terms            STRING NOT NULL,       -- JSON of the terms that add up to the cost
    binding_rules    STRING NOT NULL,       -- JSON list of the rules that decided: each kept out a CSM who would have been better
    relaxed_rules    STRING NOT NULL,       -- JSON list of the rules passed for it; the price of waiting instead is in the diagnosis of the solution
    explanation      STRING NOT NULL,       -- the same in words
    audit            STRING,                -- JSON: against the next two by term, who was out by which rule, what would have to change; with the recommendation only
    policy_version   STRING NOT NULL,       -- hash of the policy
    input_hash       STRING NOT NULL,       -- hash of the accounts, books and decisions it was made from
    recommended_at   TIMESTAMP_NTZ NOT NULL -- when the batch was planned, UTC
);
