-- One row per touchpoint credited with revenue.
-- key: attribution_id
-- feed: touchpoints; day touchpoint_date; by channel; late: caveat
CREATE TABLE IF NOT EXISTS source.attributions (
    attribution_id     STRING NOT NULL,        -- the touchpoint
    customer_id        STRING NOT NULL,        -- the customer; joins customers.customer_id
    touchpoint_date    DATE NOT NULL,          -- day of the touchpoint
    channel            STRING NOT NULL,        -- channel of the touchpoint
    attribution_weight DOUBLE NOT NULL,        -- share of the credit, 0 to 1
    attributed_revenue DECIMAL(18,2) NOT NULL  -- revenue credited in USD
);
