-- One answer that was given: to whom, and the plan that it answered.
-- Grain: answer. Parameters: the answer's id.
SELECT answer_id, role, asker_id, question_id, parameters
FROM ops.answers_given
WHERE answer_id = ?
