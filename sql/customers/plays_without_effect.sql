-- Playbooks that were left out of the advice by what the weeks before a week say of them.
-- Grain: playbook. Parameters: Monday of the week.
SELECT code
FROM analytics.action_effects
WHERE week_start < ?
QUALIFY ROW_NUMBER() OVER (PARTITION BY code ORDER BY week_start DESC) = 1 AND is_dropped
ORDER BY code
