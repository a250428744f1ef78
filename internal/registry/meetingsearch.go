package registry

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/earshot/earshot"
)

const (
	// minUUID is how much of a uuid has to be given: fewer letters are a word.
	minUUID = 8
	// maxTopics and maxCalled are how many distinct topics and people a text may match to be looked up one by one. What more
	// of them match is common, and is found soon by reading meetings from the newest on.
	maxTopics, maxCalled = 300, 50
	// maxNamedMeetings bounds the meetings that are looked up so.
	maxNamedMeetings = 20_000
)

// distinctTopicsSQL walks from one topic to the next greater one: as quick as there are topics, however many meetings each has.
const distinctTopicsSQL = `WITH RECURSIVE v (topic) AS (
	SELECT (SELECT topic_f FROM meetings WHERE topic_f > '' ORDER BY topic_f LIMIT 1)
	UNION ALL
	SELECT (SELECT m.topic_f FROM meetings m WHERE m.topic_f > v.topic AND m.topic_f <> '' ORDER BY m.topic_f LIMIT 1) FROM v WHERE v.topic IS NOT NULL
) SELECT topic FROM v WHERE topic IS NOT NULL AND instr(topic, ?) LIMIT ?`

// meetingsNamed returns the newest meetings that began in [since, to) and have n in their topic, or at the beginning of their
// number or uuid. ok is false when n is in so many topics that looking them up would take longer than reading meetings.
func (r *Registry) meetingsNamed(ctx context.Context, n needle, since, to int64, limit int) (ids []earshot.ID, ok bool, err error) {
	topics, err := collect(ctx, r.readers, distinctTopicsSQL, []any{n.text, maxTopics + 1}, func(row scanner, s *string) error { return row.Scan(s) })
	if err != nil || len(topics) > maxTopics {
		return nil, false, err
	}
	list, err := json.Marshal(append([]string{}, topics...)) // never null
	if err != nil {
		return nil, false, err
	}
	ask := func(from, condition string, args ...any) error {
		// The plus keeps SQLite from walking through all times in their order instead of looking the words up.
		more, err := collect(ctx, r.readers, "SELECT m.id FROM "+from+" WHERE "+condition+" AND +m.first_seen >= ? AND +m.first_seen < ? ORDER BY +m.first_seen DESC LIMIT ?",
			append(args, since, to, limit), scanID)
		ids = append(ids, more...)
		return err
	}
	if err = ask("json_each(?) j CROSS JOIN meetings m", "m.topic_f = j.value AND m.topic_f <> ''", string(list)); err != nil {
		return nil, false, err
	}
	if digits := bareDigits(n.lower); digits != "" {
		if err = ask("meetings m", "m.number >= ? AND m.number < ? AND m.number <> ''", digits, prefixEnd(digits)); err != nil {
			return nil, false, err
		}
	}
	if len(n.given) >= minUUID && !strings.Contains(n.given, " ") {
		err = ask("meetings m", "m.uuid >= ? AND m.uuid < ?", n.given, prefixEnd(n.given))
	}
	return ids, err == nil, err
}

// addMeetingSearch narrows to meetings with n in their topic, at the beginning of their number or uuid, or in the name or e-mail
// address of somebody who was there.
func (r *Registry) addMeetingSearch(ctx context.Context, c *conditions, n needle, q *MeetingQuery) error {
	since, to := int64(0), int64(1)<<62
	if q.From != 0 {
		since = int64(q.From) - longestMeeting
	}
	if q.To != 0 {
		to = int64(q.To)
	}
	people, err := r.personsCalled(ctx, n, q.Account, maxCalled+1)
	if err != nil {
		return err
	}
	ids, few, err := r.meetingsNamed(ctx, n, since, to, maxNamedMeetings)
	if err != nil {
		return err
	}
	if !few || len(people) > maxCalled {
		c.addCommonSearch(n)
		return nil
	}
	called, err := idList(people)
	if err != nil {
		return err
	}
	visited, err := collect(ctx, r.readers, `SELECT DISTINCT s.meeting FROM json_each(?) j CROSS JOIN segments s ON s.person = j.value
		WHERE s.began >= ? AND s.began < ? ORDER BY s.began DESC LIMIT ?`, []any{called, since, to, maxNamedMeetings}, scanID)
	if err != nil {
		return err
	}
	list, err := idList(append(ids, visited...))
	c.add("id IN (SELECT value FROM json_each(?))", list)
	return err
}

// addCommonSearch is for a text that many topics or people have. instr has no wildcards, so nothing has to be escaped.
func (c *conditions) addCommonSearch(n needle) {
	terms, args := []string{"instr(topic_f, ?)", "EXISTS (SELECT 1 FROM segments s WHERE s.meeting = meetings.id AND instr(s.name_f, ?))"}, []any{n.text, n.text}
	if bareDigits(n.lower) != "" {
		terms, args = append(terms, "instr(number, ?)"), append(args, n.number)
	}
	if strings.Contains(n.lower, "@") {
		terms = append(terms, "EXISTS (SELECT 1 FROM segments s JOIN persons p ON p.id = s.person WHERE s.meeting = meetings.id AND instr(p.email_f, ?))")
		args = append(args, n.text)
	}
	c.add("("+strings.Join(terms, " OR ")+")", args...)
}
