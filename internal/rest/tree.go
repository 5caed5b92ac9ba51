package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tree finds the route of a path, segment by segment; a text goes before a
// parameter. A verb that the tree knows in its place is a verb, never the end
// of a parameter: ids may hold colons.
type tree struct {
	root node
	all  []*route
}

type node struct {
	texts     map[string]*node     // by segment, as the first pattern has it and in lower case
	param     *node                // any other segment, unless it is empty or a bare verb
	endpoints map[string]*endpoint // by verb, likewise; "" for none
}

// endpoint is a path with its verb; its routes differ by method.
type endpoint struct{ routes map[string]*route }

// hasVerb reports whether its path ends with a verb.
func (e *endpoint) hasVerb() bool {
	for _, r := range e.routes {
		_, verb := splitPattern(r.pattern)
		return verb != ""
	}
	return false
}

// maxSegments bounds the segments of a path that is looked up.
const maxSegments = 32

func (t *tree) add(r *route) {
	segments, verb := splitPattern(r.pattern)
	at := &t.root
	for _, segment := range segments {
		if name, ok := paramName(segment); ok {
			r.params = append(r.params, name)
			if at.param == nil {
				at.param = &node{}
			}
			at = at.param
			continue
		}
		key := strings.ToLower(segment)
		if at.texts == nil {
			at.texts = make(map[string]*node)
		}
		if at.texts[key] == nil {
			at.texts[key] = &node{}
			at.texts[segment] = at.texts[key]
		}
		at = at.texts[key]
	}
	if at.endpoints == nil {
		at.endpoints = make(map[string]*endpoint)
	}
	key := strings.ToLower(verb)
	if at.endpoints[key] == nil {
		at.endpoints[key] = &endpoint{routes: make(map[string]*route)}
		at.endpoints[verb] = at.endpoints[key]
	}
	if at.endpoints[key].routes[r.method] != nil {
		panic(fmt.Sprintf("rest: route %s %s is there already", r.method, r.pattern))
	}
	at.endpoints[key].routes[r.method] = r
	t.all = append(t.all, r)
}

func splitPattern(pattern string) (segments []string, verb string) {
	path, ok := strings.CutPrefix(pattern, "/")
	if !ok {
		panic(fmt.Sprintf("rest: pattern %q does not begin with /", pattern))
	}
	segments = strings.Split(path, "/")
	last := len(segments) - 1
	segments[last], verb, _ = strings.Cut(segments[last], ":")
	for _, segment := range segments {
		if _, isParam := paramName(segment); !isParam && strings.ContainsAny(segment, "{}:") {
			panic(fmt.Sprintf("rest: pattern %q has a malformed segment %q", pattern, segment))
		}
	}
	return segments, verb
}

func paramName(segment string) (string, bool) {
	if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}

// find returns the endpoint of an escaped path and its parameters, decoded; nil
// when there is none.
func (t *tree) find(escapedPath string) (*endpoint, []string) {
	path, ok := strings.CutPrefix(escapedPath, "/")
	if !ok || strings.Count(path, "/") >= maxSegments {
		return nil, nil
	}
	var room [8]string // of a usual path
	segments := room[:0]
	for segment := range strings.SplitSeq(path, "/") {
		segments = append(segments, segment)
	}
	last := len(segments) - 1
	// The verb is split off before decoding: an encoded colon belongs to an id.
	head, verb, hasVerb := cutLast(segments[last], ':')
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil {
			return nil, nil
		}
		segments[i] = decoded
	}
	if hasVerb && verb != "" {
		whole := segments[last]
		if decoded, err := url.PathUnescape(head); err == nil {
			segments[last] = decoded
			if found, params := t.root.find(segments, verb, nil); found != nil {
				return found, params
			}
		}
		segments[last] = whole
	}
	return t.root.find(segments, "", nil)
}

func cutLast(text string, sep byte) (head, tail string, found bool) {
	if i := strings.LastIndexByte(text, sep); i >= 0 {
		return text[:i], text[i+1:], true
	}
	return text, "", false
}

func (n *node) find(segments []string, verb string, params []string) (*endpoint, []string) {
	if len(segments) == 0 {
		if found := inAnyCase(n.endpoints, verb); found != nil {
			return found, params
		}
		return nil, nil
	}
	if next := inAnyCase(n.texts, segments[0]); next != nil {
		if found, got := next.find(segments[1:], verb, params); found != nil {
			return found, got
		}
	}
	// No id begins with a colon: that is a verb whose id is missing.
	if n.param != nil && segments[0] != "" && segments[0][0] != ':' {
		return n.param.find(segments[1:], verb, append(slices.Clip(params), segments[0]))
	}
	return nil, nil
}

// inAnyCase finds what stands under a name, as patterns write it or in lower case; nil: nothing.
func inAnyCase[T any](in map[string]*T, name string) *T {
	if found := in[name]; found != nil {
		return found
	}
	return in[strings.ToLower(name)]
}

// route returns the route of a method; HEAD is served by GET.
func (e *endpoint) route(method string) *route {
	if r := e.routes[method]; r != nil || method != http.MethodHead {
		return r
	}
	return e.routes[http.MethodGet]
}

// allow lists the methods for an Allow header.
func (e *endpoint) allow() string {
	methods := []string{http.MethodOptions}
	for method := range e.routes {
		methods = append(methods, method)
		if method == http.MethodGet && e.routes[http.MethodHead] == nil {
			methods = append(methods, http.MethodHead)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}
