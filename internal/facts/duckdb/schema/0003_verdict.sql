-- Version 3. What made poor and bad minutes so: few rows beside many, so that the others cost nothing.

-- account, meeting, person and site are those of the minute, so that questions about causes need no join.
CREATE TABLE verdict (
	account UBIGINT, meeting UBIGINT, segment UBIGINT, person UBIGINT, at_s BIGINT, site UBIGINT,
	cause UTINYINT, confidence UTINYINT, candidate UTINYINT,
	scope UTINYINT, cell UBIGINT, cell_label VARCHAR, bad_direction UTINYINT,
	inside_bad BIGINT, inside_of BIGINT, elsewhere_bad BIGINT, elsewhere_of BIGINT,
	evidence_metric UTINYINT, evidence_value FLOAT, ruled_out UTINYINT, since_ms BIGINT
);
CREATE VIEW minute_row AS
	SELECT m.*, v.cause, v.confidence, v.candidate, v.scope, v.cell, v.cell_label, v.bad_direction,
		v.inside_bad, v.inside_of, v.elsewhere_bad, v.elsewhere_of, v.evidence_metric, v.evidence_value, v.ruled_out, v.since_ms
	FROM minute m LEFT JOIN verdict v ON v.segment = m.segment AND v.at_s = m.at_s;
