-- What is known by a week of what each playbook changed: the newest estimate of it that says anything.
-- Grain: playbook. Parameters: Monday of the week.
SELECT code, treated, untreated, effect, effect_low, effect_high, verdict, is_dropped
FROM analytics.action_effects
WHERE week_start <= ? AND verdict <> 'too few'
QUALIFY ROW_NUMBER() OVER (PARTITION BY code ORDER BY week_start DESC) = 1
ORDER BY code
