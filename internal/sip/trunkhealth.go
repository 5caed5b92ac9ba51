package sip

import (
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// TrunkState is whether a trunk answers pings:
//
//	unknown → online ⇄ inactive
type TrunkState string

// The states of a trunk.
const (
	Unknown  TrunkState = "unknown" // it is not pinged, or has not answered yet
	Online   TrunkState = "online"
	Inactive TrunkState = "inactive" // it left several pings in a row unanswered
)

// inactiveAfter is after how many unanswered pings in a row a trunk is inactive.
const inactiveAfter = 2

// Health is what pings have shown of a trunk.
type Health struct {
	Trunk      string
	State      TrunkState
	Answer     string        // the last status, or why there was none
	AnsweredAt time.Time     // when it answered last; zero never
	OptionsAt  time.Time     // when it last sent OPTIONS to us; zero never
	Delay      time.Duration // how long its last answer took
}

// health keeps what is known of each trunk, by its name.
type health struct {
	mu      sync.Mutex
	byTrunk map[string]*trunkCondition
}

type trunkCondition struct {
	Health
	missed      int
	pinging     bool
	due         time.Time
	credentials *credentials // of the pings; belongs to the ping under way
}

// Health tells of a trunk; false where there is none of that name.
func (s *Server) Health(name string) (Health, bool) {
	for _, h := range s.Healths() {
		if h.Trunk == name {
			return h, true
		}
	}
	return Health{}, false
}

// Healths tells of all trunks.
func (s *Server) Healths() (list []Health) {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	for _, t := range s.trunks.Trunks() {
		if known, ok := s.health.byTrunk[t.Name]; ok {
			list = append(list, known.Health)
		} else {
			list = append(list, Health{Trunk: t.Name, State: Unknown})
		}
	}
	return list
}

// withoutInactive leaves out the trunks that are known to be dead, unless all are.
func (s *Server) withoutInactive(trunks []*trunk.Trunk) []*trunk.Trunk {
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	list := slices.DeleteFunc(slices.Clone(trunks), func(t *trunk.Trunk) bool {
		known, ok := s.health.byTrunk[t.Name]
		return ok && known.State == Inactive || s.registering.isRefused(t)
	})
	if len(list) == 0 {
		return trunks
	}
	return list
}

// inactiveLast puts the trunks that are known to be dead behind the others.
func (s *Server) inactiveLast(trunks []*trunk.Trunk) []*trunk.Trunk {
	list := slices.Clone(s.withoutInactive(trunks))
	for _, t := range trunks {
		if !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// condition finds or makes the condition of a trunk. The lock is held.
func (h *health) condition(name string) *trunkCondition {
	if h.byTrunk == nil {
		h.byTrunk = make(map[string]*trunkCondition)
	}
	known, ok := h.byTrunk[name]
	if !ok {
		known = &trunkCondition{Health: Health{Trunk: name, State: Unknown}}
		h.byTrunk[name] = known
	}
	return known
}

// noteOptions notes a trunk's own OPTIONS.
func (h *health) noteOptions(name string) {
	h.mu.Lock()
	h.condition(name).OptionsAt = time.Now()
	h.mu.Unlock()
}
