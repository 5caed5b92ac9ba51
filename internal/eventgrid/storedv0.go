package eventgrid

import "time"

// These types are version 0 of stored subscriptions, with the names of Go's
// fields. They never change.
type (
	subscription0 struct {
		Name             string
		Wanted           settings0
		Active           *settings0
		PerMinute        int
		State, Problem   string
		Consent          *consent0
		Created, Updated time.Time
	}
	consent0 struct {
		ID        string
		TokenHash []byte
		Deadline  time.Time
	}
	settings0 struct {
		Endpoint     string
		Target       target0
		Schema       string
		Attributes   []attribute0
		Entra        struct{ Tenant, Application string }
		Batch        struct{ MaxEvents, PreferredKB int }
		DeadLetter   struct{ ResourceID, Container, Bucket, URL string }
		Filter       filter0
		Retry        retry0
		Labels       []string
		Expires      time.Time
		ArrayFilters bool
	}
	target0 struct {
		Kind, ResourceID, Queue string
		MessageTTL              int64
		Subject, File           string
	}
	attribute0 struct {
		Name, Value string
		Secret      bool
		Source      string
	}
	filter0 struct {
		Types                      []string
		SubjectBegins, SubjectEnds string
		CaseSensitive              bool
		Advanced                   []advanced0
	}
	advanced0 struct {
		Operator, Key string
		Numbers       []float64
		Ranges        [][2]float64
		Strings       []string
		Bool          bool
	}
	retry0 struct {
		MaxAttempts int
		TimeToLive  time.Duration
	}
)

// upgrade0 makes version 1 of version 0.
func upgrade0(old subscription0) (Subscription, error) {
	s := Subscription{
		Name: old.Name, Wanted: old.Wanted.upgrade(), PerMinute: old.PerMinute, State: state(old.State), Problem: old.Problem,
		Created: old.Created, Updated: old.Updated,
	}
	if old.Active != nil {
		active := old.Active.upgrade()
		s.Active = &active
	}
	if old.Consent != nil {
		s.Consent = &consent{ID: old.Consent.ID, TokenHash: old.Consent.TokenHash, Deadline: old.Consent.Deadline}
	}
	return s, nil
}

func (old settings0) upgrade() Settings {
	s := Settings{
		Endpoint: old.Endpoint,
		Target: Target{
			Kind: old.Target.Kind, ResourceID: old.Target.ResourceID, Queue: old.Target.Queue, MessageTTL: old.Target.MessageTTL,
			Subject: old.Target.Subject, File: old.Target.File,
		},
		Schema:     old.Schema,
		Entra:      Entra{Tenant: old.Entra.Tenant, Application: old.Entra.Application},
		Batch:      Batch{MaxEvents: old.Batch.MaxEvents, PreferredKB: old.Batch.PreferredKB},
		DeadLetter: DeadLetter{ResourceID: old.DeadLetter.ResourceID, Container: old.DeadLetter.Container, Bucket: old.DeadLetter.Bucket, URL: old.DeadLetter.URL},
		Filter: Filter{
			Types: old.Filter.Types, SubjectBegins: old.Filter.SubjectBegins, SubjectEnds: old.Filter.SubjectEnds, CaseSensitive: old.Filter.CaseSensitive,
		},
		Retry:  Retry{MaxAttempts: old.Retry.MaxAttempts, TimeToLive: old.Retry.TimeToLive},
		Labels: old.Labels, Expires: old.Expires, ArrayFilters: old.ArrayFilters,
	}
	for _, a := range old.Attributes {
		s.Attributes = append(s.Attributes, Attribute(a))
	}
	for _, f := range old.Filter.Advanced {
		s.Filter.Advanced = append(s.Filter.Advanced, AdvancedFilter(f))
	}
	return s
}
