-- One row per routing batch: how it was solved and what proves it.
-- key: batch_id
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.routing_solutions (
    batch_id       STRING NOT NULL,       -- the batch
    accounts       BIGINT NOT NULL,       -- accounts in it
    assigned       BIGINT NOT NULL,       -- of them with a recommendation
    waiting        BIGINT NOT NULL,       -- of them without, for lack of an allowed CSM
    needs_person   BIGINT NOT NULL,       -- of them left to a person
    csms           BIGINT NOT NULL,       -- CSMs available
    method         STRING NOT NULL,       -- how; one of: weighted_score, integer_programme, none
    status         STRING NOT NULL,       -- what is proven; one of: optimal, within_gap, feasible, nothing_to_do
    objective      BIGINT,                -- cost, in billionths; 1 is an average account on a full book
    bound          BIGINT,                -- proven lower bound on it
    gap            DOUBLE,                -- (cost - bound) / what decisions can change of the cost
    solver         STRING NOT NULL,       -- solver and version
    certificate    STRING NOT NULL,       -- JSON: what the independent checker verified
    match_term     STRING NOT NULL,       -- JSON: the learned match term, used, withheld or switched off, and its back-test
    diagnosis      STRING NOT NULL,       -- JSON: conflicting rules and relaxations with their price
    policy_version STRING NOT NULL,       -- hash of the policy
    input_hash     STRING NOT NULL,       -- hash of the accounts, books and decisions
    batched_at     TIMESTAMP_NTZ NOT NULL -- when the batch was planned, UTC
);
