package rest

import (
	"net/http"
	"strings"
)

// route is one operation.
type route struct {
	method, pattern string
	params          []string // names of the parameters, in the order of the path
	handler         Handler

	audience      audience
	noVersion     bool
	withoutQuery  bool
	evenWhenBusy  bool
	removes       bool
	bareRefusals  bool
	success       []int
	repeatability *Repeatability
	reportsResult bool
}

// audience is whom a route serves.
type audience uint8

const (
	applications   audience = iota // who has an access key or a token
	administrators                 // who has the permission for the administration
	readers                        // and who may only look at it
	anyone
)

// Option changes what a route asks of requests.
type Option func(*route)

// NoAuth serves requests without authentication.
func NoAuth() Option { return func(r *route) { r.audience = anyone } }

// ForReaders lets who may only look use a route of the administration.
func ForReaders() Option { return func(r *route) { r.audience = readers } }

// NoVersion does not require api-version.
func NoVersion() Option { return func(r *route) { r.noVersion = true } }

// SignedWithoutQuery accepts signatures over the path alone, as SDKs make them
// for recording content.
func SignedWithoutQuery() Option { return func(r *route) { r.withoutQuery = true } }

// BareRefusals answers 401 and 403 without a body, as the storage of recordings does
// (the service's recorded answers). The log says why.
func BareRefusals() Option { return func(r *route) { r.bareRefusals = true } }

// EvenWhenBusy serves the route without asking Config.Admit: hanging up must
// work while the server is overloaded or stopping.
func EvenWhenBusy() Option { return func(r *route) { r.evenWhenBusy = true } }

// Removes says that requests of the route take something away, as all of DELETE do: they need no room.
func Removes() Option { return func(r *route) { r.removes = true } }

// Success declares the 2xx codes that the operation answers with; SDKs refuse
// others, so another one becomes a 500. A handler that writes nothing answers
// with the first. The default is 200.
func Success(codes ...int) Option { return func(r *route) { r.success = codes } }

// Repeatable answers a repeated request, by its Repeatability headers, with the
// first one's answer.
func Repeatable(answers *Repeatability) Option {
	return func(r *route) { r.repeatability = answers }
}

// ReportsRepeatability adds Repeatability-Result to successes; not every
// repeatable operation of the real service does.
func ReportsRepeatability() Option { return func(r *route) { r.reportsResult = true } }

// audienceOf is whom a path serves, unless an option says otherwise: the administration is
// our own, and what Azure has in its Resource Manager. It goes by the path, so that a new
// route there cannot forget to ask.
func audienceOf(pattern string) audience {
	if ours(pattern) || strings.EqualFold(firstName(pattern), "subscriptions") {
		return administrators
	}
	return applications
}

// ours reports whether a path belongs to our own administration. It has one
// version, so requests need not name it.
func ours(pattern string) bool {
	return strings.EqualFold(firstName(pattern), "admin")
}

// firstName is the first segment of a path, without its verb.
func firstName(pattern string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(pattern, "/"), "/")
	name, _, _ := strings.Cut(first, ":")
	return name
}

// administration reports whether the route belongs to the administration.
func (r *route) administration() bool {
	return r.audience == administrators || r.audience == readers
}

// changes reports whether requests change something.
func (r *route) changes() bool { return r.method != http.MethodGet }

// Change is what requests of a route do.
type Change uint8

// What Config.Admit is asked about.
const (
	Makes Change = iota // something begins, or there is more than before
	Takes               // something ends, or is removed: see Removes
)

func (r *route) change() Change {
	if r.removes || r.method == http.MethodDelete {
		return Takes
	}
	return Makes
}
