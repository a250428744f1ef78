package pull

// Columns are the columns of a table, for holding the documents and the files to them.
func Columns(what What, names bool) (out []Column) {
	switch what {
	case Minutes:
		out, _ = chosen(minuteColumns, names)
	case Samples:
		out, _ = chosen(sampleColumns, names)
	case Segments:
		out, _ = chosen(segmentColumns, names)
	case Meetings:
		out, _ = chosen(meetingColumns, names)
	case Calls:
		out, _ = chosen(callColumns, names)
	default:
		out, _ = chosen(incidentColumns, names)
	}
	return out
}
