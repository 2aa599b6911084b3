-- One row per customer and module (module grain), as contracted.
-- key: customer_id, module_code
CREATE TABLE IF NOT EXISTS source.products (
    customer_id      STRING NOT NULL,        -- the customer; joins customers.customer_id
    module_code      STRING NOT NULL,        -- module: general ledger, payable, receivable, cash receipting; one of: GL, AP, AR, CR
    purchased_on     DATE NOT NULL,          -- day of purchase
    status           STRING NOT NULL,        -- state of the contract; one of: active, cancelled
    contracted_seats BIGINT NOT NULL,        -- seats bought
    annual_price     DECIMAL(18,2) NOT NULL, -- list price a year, in the customer's currency
    cancelled_on     DATE                    -- day of cancellation; before the purchase it is of an earlier contract
);
