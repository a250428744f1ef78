// Package priority tells the kernel which threads are in a hurry and which are not: on a machine that is busy, the answer to a
// webhook must not wait until a batch for some destination is compressed.
//
// It asks for nothing that needs a privilege, and promises nothing: a kernel that knows no time slices (before Linux 6.12), another
// system, or a sandbox that forbids the call leave everything as it was. What a call could not do, it returns; whoever calls goes on.
// Both functions may be called at any time, from any goroutine. The tests read back what the kernel has noted.
package priority

import "time"

const (
	// PromptSlice is how long a thread in a hurry runs before the others are looked at again. Linux lets a thread that wakes up
	// interrupt one of a longer slice (2.8 ms by default), and answering a webhook takes some 0.1 ms.
	PromptSlice = 300 * time.Microsecond
	// BackgroundNice is what one without hurry has: a tenth of the weight of an ordinary one. It is not more, because such a thread
	// may hold what the others of its process wait for: the Go runtime's right to run, and the beginning of a garbage collection.
	BackgroundNice = 10
)
