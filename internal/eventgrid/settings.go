package eventgrid

import (
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// Limits on what a subscription may carry.
const (
	maxEndpointLength = 4096
	maxSubjectLength  = 1024
	maxLabels         = 64
	maxLabelLength    = 256
)

var validName = regexp.MustCompile(`^[A-Za-z0-9-]{3,64}$`)

// checkName refuses names that Event Grid refuses.
func checkName(name string) error {
	if !validName.MatchString(name) {
		return fault.Invalid("event subscription name %q must be 3 to 64 letters, digits and hyphens", clip(name, 100))
	}
	return nil
}

// rules are what this server demands beyond Event Grid's own limits.
type rules struct {
	requireHTTPS bool
	now          time.Time
	knowsTenant  func(tenant string) bool                                // nil: there are no tokens for webhooks
	deadLetter   func(account, container string) (url string, err error) // nil: dead letters are not kept
	to           Destinations                                            // besides webhooks
}

// settings checks a create and returns what it asks for.
func (r settingsRequest) settings(with rules) (Settings, error) {
	return r.onto(Settings{Retry: Retry{MaxAttempts: maxAttempts, TimeToLive: maxTimeToLive}}, with)
}

// onto checks the members that are present and puts them over base, which an
// update leaves as it is elsewhere.
func (r settingsRequest) onto(base Settings, with rules) (Settings, error) {
	if err := r.refuseUnoffered(); err != nil {
		return Settings{}, err
	}
	steps := []func(*Settings, rules) error{r.putDestination, r.putSchema, r.putFilter, r.putRetry, r.putLabels, r.putExpiry, r.putDeadLetter}
	for _, put := range steps {
		if err := put(&base, with); err != nil {
			return Settings{}, err
		}
	}
	return base, nil
}

func (p destinationProperties) putWebhook(s *Settings, with rules) error {
	if err := p.refuseUnoffered(); err != nil {
		return err
	}
	if err := checkEndpoint(p.EndpointURL, with.requireHTTPS); err != nil {
		return err
	}
	own, err := attributes(p.Attributes)
	if err != nil {
		return err
	}
	if s.Batch, err = p.batch(); err != nil {
		return err
	}
	if s.Entra, err = p.entra(own, with); err != nil {
		return err
	}
	s.Endpoint, s.Attributes = p.EndpointURL, own
	return nil
}

// checkEndpoint refuses addresses that no delivery could be posted to. Its
// messages never repeat the query.
func checkEndpoint(endpoint string, requireHTTPS bool) error {
	const member = "destination.properties.endpointUrl"
	if endpoint == "" {
		return fault.Invalid("%s is missing", member)
	}
	if len(endpoint) > maxEndpointLength {
		return fault.Invalid("%s is longer than %d bytes", member, maxEndpointLength)
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return fault.Invalid("%s is not a URL", member) // the cause would repeat it all
	case u.Scheme != "http" && u.Scheme != "https":
		return fault.Invalid("%s must begin with https:// or http://", member)
	case requireHTTPS && u.Scheme != "https":
		return fault.Invalid("%s must begin with https:// here; http is allowed only where the configuration permits it", member)
	case u.Hostname() == "":
		return fault.Invalid("%s names no host", member)
	case u.User != nil:
		return fault.Invalid("%s must not contain a user name or password; put a secret into its query", member)
	case u.Fragment != "":
		return fault.Invalid("%s must not contain a fragment (#…)", member)
	}
	return nil
}

func (r settingsRequest) putFilter(s *Settings, _ rules) error {
	if r.Filter == nil {
		return nil
	}
	types, err := includedTypes(r.Filter.Types)
	if err != nil {
		return err
	}
	if len(r.Filter.SubjectBegins) > maxSubjectLength || len(r.Filter.SubjectEnds) > maxSubjectLength {
		return fault.Invalid("filter.subjectBeginsWith and filter.subjectEndsWith take at most %d bytes", maxSubjectLength)
	}
	advanced, err := advancedFilters(r.Filter.Advanced)
	if err != nil {
		return err
	}
	s.ArrayFilters = r.Filter.Arrays
	s.Filter = Filter{
		Types:         types,
		SubjectBegins: r.Filter.SubjectBegins,
		SubjectEnds:   r.Filter.SubjectEnds,
		CaseSensitive: r.Filter.CaseSensitive,
		Advanced:      advanced,
	}
	return nil
}

// includedTypes checks the names of event types. None, and the old word All,
// mean every type.
func includedTypes(names []string) ([]string, error) {
	var types []string
	for _, name := range names {
		if name == "All" {
			return nil, nil
		}
		if !slices.Contains(EventTypes, name) {
			return nil, fault.Invalid("filter.includedEventTypes: %q is not an event type of this resource; the types are %s", clip(name, 100), knownTypes())
		}
		if !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return types, nil
}

func (r settingsRequest) putRetry(s *Settings, _ rules) error {
	if r.RetryPolicy == nil {
		return nil
	}
	if n := r.RetryPolicy.MaxAttempts; n != nil {
		if *n < 1 || *n > maxAttempts {
			return fault.Invalid("retryPolicy.maxDeliveryAttempts is %d; it must be 1 to %d", *n, maxAttempts)
		}
		s.Retry.MaxAttempts = *n
	}
	if n := r.RetryPolicy.TimeToLive; n != nil {
		if *n < 1 || *n > int(maxTimeToLive/time.Minute) {
			return fault.Invalid("retryPolicy.eventTimeToLiveInMinutes is %d; it must be 1 to %d", *n, int(maxTimeToLive/time.Minute))
		}
		s.Retry.TimeToLive = time.Duration(*n) * time.Minute
	}
	return nil
}

func (r settingsRequest) putLabels(s *Settings, _ rules) error {
	if r.Labels == nil {
		return nil
	}
	if len(r.Labels) > maxLabels {
		return fault.Invalid("labels has %d entries; at most %d are kept", len(r.Labels), maxLabels)
	}
	for _, label := range r.Labels {
		if len(label) > maxLabelLength {
			return fault.Invalid("a label is longer than %d bytes", maxLabelLength)
		}
	}
	s.Labels = r.Labels
	return nil
}

func (r settingsRequest) putExpiry(s *Settings, with rules) error {
	if r.Expires == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, *r.Expires)
	if err != nil {
		return fault.Invalid("expirationTimeUtc %q is not a time such as 2027-01-31T12:00:00Z", clip(*r.Expires, 64))
	}
	if !at.After(with.now) {
		return fault.Invalid("expirationTimeUtc %s has passed already", *r.Expires)
	}
	s.Expires = at.UTC()
	return nil
}
