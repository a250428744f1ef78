// Package promapi answers PromQL over what Earshot knows, so that Grafana, promtool and alert rules can ask without a plugin.
// It is a [storage.Queryable] over the facts and the live view; Prometheus' own engine evaluates, and Prometheus' own HTTP API
// speaks to clients.
//
// The metrics:
//
//	zoom_qos_participants{grade, …}          people with a minute of that grade, one sample a minute
//	zoom_qos_participant_minutes_1h{grade, …} participant-minutes of the last whole hour (UTC), for long ranges
//	zoom_qos_incidents{cause, severity, …}    incidents that were open, one sample a minute
//	zoom_qos_alerts{alertname, site, …}       alerts that fired, one sample a minute
//	zoom_qos_calls{grade, …}, …_calls_mos_sum calls that went on, one sample a minute
//	zoom_qos_meeting_participants{meeting, …} people of one meeting by grade; of the worst twenty where none is named
//	zoom_qos_segment_grade{meeting, …}        the grade of somebody's minute, of one meeting, segment or person
//	zoom_qos_bitrate_kbps{…}, …_latency_ms, …  the samples of streams: of one meeting or segment only
//	zoom_qos_call_mos{call, …}, …_jitter_ms, … the samples of one call; of the worst twenty where none is named
//	earshot_…, process_…                      the monitor's own figures of the last day, which a [Recorder] remembers
//
// "…" stands for the labels site, network_type, isp, data_center, client_version, device_class, transport, account, kind and
// cause. All at once would be a series for every mixture of them, so the selectors of an expression have, beside grade, those
// labels that the expression mentions anywhere (matchers, by, on, group_left), at most four; where it mentions none they have
// site and network_type. Sums are the same either way. The newest minutes come from the live view, which does not know account,
// kind and cause: asked for those, the newest seven minutes are not there yet.
//
// Time is event time, but for the monitor's own figures; a minute's sample has the time of the minute's start. The two newest minutes are left out, since not
// everybody has reported yet. A group without participants has no sample, and ends with a staleness marker: gaps are gaps.
// Ranges are clamped to what is stored. Names of people are never labels: streams carry ids.
//
// What it guarantees: no query reads more than [Options.MaxSamples] samples or runs longer than [Options.Timeout]; a question
// that would have too many series is answered by an error that says how to narrow it. An [API] may be used concurrently. When
// a store fails, the query fails with the store's error. Test it with a store in memory, see promapi_test.go.
package promapi
