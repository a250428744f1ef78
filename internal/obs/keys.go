package obs

// The names of log attributes that more than one package uses, so that one filter finds them all. Ids are the keyed hashes
// of earshot.ID: they name a thing without naming a person.
const (
	KeyComponent    = "component"    // the part of the program that speaks
	KeyProcess      = "process"      // receiver or monitor, in the supervisor's log
	KeyErr          = "err"          // what went wrong
	KeyAddr         = "addr"         // where something listens
	KeyPath         = "path"         // of a file or directory
	KeyTook         = "took"         // how long it took
	KeyCount        = "count"        // how many
	KeyBytes        = "bytes"        // how large
	KeyJournal      = "journal"      // a journal's id
	KeySeq          = "seq"          // a position in it
	KeyEvent        = "event"        // the name of a kind of event
	KeySubscription = "subscription" // the name of a webhook subscription
	KeyAccount      = "account"      // ids
	KeyMeeting      = "meeting"
	KeySegment      = "segment"
	KeyReason       = "reason" // why something was done
	KeyHint         = "hint"   // what to do about it
)
