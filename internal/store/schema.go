package store

import (
	"encoding/json"
	"fmt"
	"reflect"
)

// Schema is how values of a type are stored: the name of their collection, and
// what turns values that earlier builds have stored into values of today.
type Schema[T any] struct {
	name     string
	upgrades []Upgrade
}

// Upgrade turns the JSON of a value of one version into that of the next one.
type Upgrade func(old json.RawMessage) (json.RawMessage, error)

// Define describes the values of a collection of that name (letters, digits, -
// and _). Its version, with which values are written, is the number of upgrades:
// the first one leads from version 0, which was stored without a version.
//
// A member whose absence means what its zero value means may be added without a
// new version. Any other change needs an upgrade, and the golden file of the
// version before stays (see storetest). Define is for package variables.
func Define[T any](name string, upgrades ...Upgrade) Schema[T] {
	for _, other := range schemas {
		if other.Name == name {
			panic(fmt.Sprintf("store: %s is defined twice", name))
		}
	}
	schemas = append(schemas, Definition{Name: name, Version: len(upgrades), Package: reflect.TypeFor[T]().PkgPath()})
	return Schema[T]{name, upgrades}
}

// Named is the same schema for a collection of another name.
func (s Schema[T]) Named(collection string) Schema[T] {
	s.name = collection
	return s
}

// Name is that of the collection.
func (s Schema[T]) Name() string { return s.name }

// Version is what values are written with.
func (s Schema[T]) Version() int { return len(s.upgrades) }

// Unchanged is the upgrade between two versions whose values look the same.
func Unchanged(old json.RawMessage) (json.RawMessage, error) { return old, nil }

// Convert is the upgrade by a function between the types of two versions.
func Convert[Old, New any](convert func(Old) (New, error)) Upgrade {
	return func(old json.RawMessage) (json.RawMessage, error) {
		var from Old
		if err := json.Unmarshal(old, &from); err != nil {
			return nil, err
		}
		to, err := convert(from)
		if err != nil {
			return nil, err
		}
		return json.Marshal(to)
	}
}

// Definition is a schema as Define was given it.
type Definition struct {
	Name    string
	Version int
	Package string // that declares the type
}

var schemas []Definition // written while packages are initialized, in one goroutine

// Schemas lists what this program defines.
func Schemas() []Definition { return schemas }
