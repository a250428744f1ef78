package deliver

// mailText is a mail's part in plain text: for readers, and filters, that show no HTML.
const mailText = `{{ template "__earshot_body" . }}`

// messages are what messages say where the file says nothing else: the verdict, the evidence, a link. They stand over
// Alertmanager's own templates of the same names. In annotations, summary is the verdict sentence, description the evidence,
// link the alert's page.
const messages = `
{{ define "__alertmanager" }}Earshot{{ end }}
{{ define "__alertmanagerURL" }}{{ if and (eq (len .Alerts) 1) (index .Alerts 0).Annotations.link }}{{ (index .Alerts 0).Annotations.link }}{{ else }}{{ .ExternalURL }}/alerts{{ end }}{{ end }}
{{ define "__earshot_head" }}{{ if eq .Status "resolved" }}Over: {{ else if eq .CommonLabels.severity "critical" }}Critical: {{ end }}{{ end }}
{{ define "__subject" }}{{ template "__earshot_head" . }}{{ if eq (len .Alerts) 1 }}{{ (index .Alerts 0).Annotations.summary }}{{ else if .Alerts.Firing }}{{ (index .Alerts.Firing 0).Annotations.summary }}{{ if gt (len .Alerts.Firing) 1 }} and {{ len (slice .Alerts.Firing 1) }} more{{ end }}{{ else }}{{ len .Alerts }} alerts{{ end }}{{ end }}
{{ define "__earshot_list" }}{{ range . }}{{ .Annotations.summary }}
{{ with .Annotations.description }}{{ . }}
{{ end }}{{ with .Annotations.link }}{{ . }}
{{ end }}{{ end }}{{ end }}
{{ define "__text_alert_list" }}{{ template "__earshot_list" . }}{{ end }}
{{ define "__text_alert_list_markdown" }}{{ range . }}
{{ .Annotations.summary }}
{{ with .Annotations.description }}
{{ . }}
{{ end }}{{ with .Annotations.link }}
[Open in Earshot]({{ . }})
{{ end }}{{ end }}{{ end }}
{{ define "__earshot_body" }}{{ if .Alerts.Firing }}{{ template "__earshot_list" .Alerts.Firing }}{{ end }}{{ if .Alerts.Resolved }}{{ if .Alerts.Firing }}Over:
{{ end }}{{ template "__earshot_list" .Alerts.Resolved }}{{ end }}{{ end }}
{{ define "slack.default.text" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "slack.default.color" }}{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "critical" }}danger{{ else }}warning{{ end }}{{ end }}
{{ define "rocketchat.default.text" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "mattermost.default.text" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "opsgenie.default.description" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "victorops.default.state_message" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "pushover.default.message" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "sns.default.message" }}{{ template "__earshot_body" . }}{{ end }}
{{ define "webex.default.message" }}{{ template "__subject" . }}
{{ template "__earshot_body" . }}{{ end }}
`
