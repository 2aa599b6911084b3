-- One row per week and playbook: what it changed, against matched customers who did not get it.
-- key: week_start, code
-- partition: week_start
CREATE TABLE IF NOT EXISTS analytics.action_effects (
    week_start  DATE NOT NULL,   -- Monday; outcomes known at the week's end
    code        STRING NOT NULL, -- the playbook
    treated     BIGINT NOT NULL, -- actions that were taken or done and whose outcome is known
    untreated   BIGINT NOT NULL, -- customers matched to them whose action was advised and not taken
    effect      DOUBLE,          -- points of health after the weeks of the policy, beyond the matched; empty when too few
    effect_low  DOUBLE,          -- lower end of its 95 % interval
    effect_high DOUBLE,          -- upper end
    verdict     STRING NOT NULL, -- what may be said; one of: works, harms, no effect, not clear, too few
    is_dropped  BOOLEAN NOT NULL -- whether it is left out of the advice from the next week on
);
