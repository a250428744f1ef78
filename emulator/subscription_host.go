package emulator

import (
	"bytes"
	"strings"
	"sync"
)

// maxHosts is how many instances' hosts are remembered; beyond it, those that began first are forgotten.
const maxHosts = 50_000

// hosts knows who hosts which meeting or webinar, from the notifications that say so: most others have only its uuid. It serves
// many goroutines.
type hosts struct {
	mu     sync.RWMutex
	byUUID map[string]string // also of breakout rooms
	order  []string
}

// learn takes in what an event says about a host. Those of Video SDK sessions have none.
func (h *hosts) learn(ev *Event) {
	switch {
	case strings.HasSuffix(ev.Name, ".started"):
		h.add(textOf(ev.Body, "uuid"), textOf(ev.Body, "host_id"))
	case strings.HasSuffix(ev.Name, "_joined_breakout_room"):
		h.add(textOf(ev.Body, "breakout_room_uuid"), textOf(ev.Body, "host_id"))
	}
}

func (h *hosts) add(uuid, host string) {
	if uuid == "" || host == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.byUUID == nil {
		h.byUUID = map[string]string{}
	}
	if _, known := h.byUUID[uuid]; !known {
		if len(h.order) >= maxHosts {
			delete(h.byUUID, h.order[0])
			h.order = h.order[1:]
		}
		h.order = append(h.order, uuid)
	}
	h.byUUID[uuid] = host
}

// concerns reports whether an event is a user's: about what they host, or about a telephone call of theirs.
func (h *hosts) concerns(ev *Event, user string) bool {
	if strings.HasPrefix(ev.Name, "phone.") {
		return user != "" && bytes.Contains(ev.Body, []byte(`"`+user+`"`))
	}
	if host := textOf(ev.Body, "host_id"); host != "" {
		return host == user
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	return user != "" && h.byUUID[textOf(ev.Body, "uuid")] == user
}
