-- Pages of a meeting and of a person ask for the alerts about them: the subject's id is in the body.
CREATE INDEX alerts_by_subject ON alerts (body ->> '$.subject.id');
