package registrar

import (
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Device tells one telephone of a user from the others, whatever its address becomes: by
// its instance (RFC 5626), or by its Contact where it has none.
type Device struct {
	UserName, Contact, Instance string
	Flow                        Flow // when it was looked up
}

// Device is the telephone of a binding; nil behind a proxy, which follows it by itself.
func (b Binding) Device() *Device {
	if len(b.Path) > 0 {
		return nil
	}
	return &Device{b.UserName, b.Contact, b.Instance, b.Flow}
}

// is reports whether a binding is of the telephone.
func (d Device) is(b *binding) bool {
	if d.Instance != "" {
		return b.Instance == d.Instance
	}
	return b.Instance == "" && b.Contact == d.Contact
}

// isSameAs reports whether two bindings are flows of one telephone.
func (b Binding) isSameAs(other Binding) bool {
	instance := instanceOf(b.Instance)
	return instance != "" && instance == instanceOf(other.Instance) && b.UserName == other.UserName
}

// instanceOf is an instance without the number of its flow.
func instanceOf(text string) string {
	if at := strings.LastIndexByte(text, ';'); at >= 0 {
		return text[:at]
	}
	return text
}

// TelephonesOf lists the telephones that ring for a user: of several flows of one of them
// (RFC 5626 §5.3) the one that was registered last.
func (r *Registrar) TelephonesOf(id identifier.ID) (list []Binding) {
	for _, b := range slices.Backward(r.BindingsOfIdentity(id)) {
		if !slices.ContainsFunc(list, b.isSameAs) {
			list = append(list, b)
		}
	}
	slices.Reverse(list)
	return list
}

// DeviceAt returns the telephone of a user that has registered over a flow; nil where none
// has, or several have.
func (r *Registrar) DeviceAt(userName string, at Flow) (found *Device) {
	for _, b := range r.BindingsOfUser(userName) {
		if b.Flow != at {
			continue
		}
		if found != nil {
			return nil
		}
		found = b.Device()
	}
	return found
}

// isFlowOf reports whether a binding is another flow of the telephone (RFC 5626 §4.2).
func (d Device) isFlowOf(b *binding) bool {
	return d.Instance != "" && instanceOf(b.Instance) == instanceOf(d.Instance)
}

// FlowOf returns the flow that a telephone has registered over last, or where that is gone
// another one of its flows; false where it is not registered.
func (r *Registrar) FlowOf(d Device) (flow Flow, ok bool) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	isOwn := false
	for _, b := range r.bindings[d.UserName] {
		if now.Before(b.Expires) && (d.is(b) || !isOwn && d.isFlowOf(b)) {
			flow, ok, isOwn = b.flow, true, d.is(b)
		}
	}
	return flow, ok
}
