-- One row per routing batch, group of CSMs and measure: how fair and how good the routing is.
-- key: batch_id, scope, metric
-- partition: batch_id
CREATE TABLE IF NOT EXISTS analytics.routing_metrics (
    batch_id   STRING NOT NULL,       -- the batch
    scope      STRING NOT NULL,       -- whom it is about; one of: all, New, Junior, Mid, Senior, Expert
    metric     STRING NOT NULL,       -- measure, see docs/routing.md
    value      DOUBLE,                -- value; empty when nothing could be measured
    n          BIGINT NOT NULL,       -- accounts or CSMs behind it
    batched_at TIMESTAMP_NTZ NOT NULL -- when the batch was planned, UTC
);
