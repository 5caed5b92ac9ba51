package call

import "slices"

// Operations lists every kind of operation.
func Operations() (all []OperationKind) {
	for k := range operations {
		if k := OperationKind(k); k != NoOperation {
			all = append(all, k)
		}
	}
	return all
}

// String returns the kind's name, which never changes: promises on disk have it.
func (k OperationKind) String() string { return operations[k].name }

// OperationNamed returns the kind with a name.
func OperationNamed(name string) (OperationKind, bool) {
	at := slices.IndexFunc(operations[:], func(o operationSpec) bool { return o.name == name })
	return OperationKind(max(at, 0)), at >= 0
}

// Kept reports whether the acceptance of such an operation is kept on disk.
func (k OperationKind) Kept() bool { return operations[k].kept }

// Scope says to what such an operation belongs.
func (k OperationKind) Scope() Scope { return operations[k].scope }

// Ends lists one of each event that ends such an operation.
func (k OperationKind) Ends() []Event { return operations[k].ends }

// Cut returns the events that end an operation whose process or connection ended
// before it.
func (k OperationKind) Cut(head Head, why Reason) []Event {
	if cut := operations[k].cut; cut != nil {
		return cut(head, why)
	}
	return nil
}
