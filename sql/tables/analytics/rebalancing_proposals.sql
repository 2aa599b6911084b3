-- One row per week, proposal and account that it would move: balance against moves. Never applied by itself.
-- key: week_start, proposal, account_id
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.rebalancing_proposals (
    week_start       DATE NOT NULL,   -- Monday
    proposal         BIGINT NOT NULL, -- number, fewest moves first
    account_id       STRING NOT NULL, -- the account
    from_worker_id   STRING NOT NULL, -- its owner today
    to_worker_id     STRING NOT NULL, -- the owner proposed
    move_price       DOUBLE NOT NULL, -- price of a move behind the proposal; 1 is an average account on a full book
    imbalance_before DOUBLE NOT NULL, -- what the books cost more than if all were as full as each other
    imbalance_after  DOUBLE NOT NULL, -- the same after the whole proposal
    moves            BIGINT NOT NULL, -- moves of the proposal
    forced_moves     BIGINT NOT NULL, -- of them away from owners who left
    gap              DOUBLE NOT NULL  -- within which the proposal is the best at its price
);
