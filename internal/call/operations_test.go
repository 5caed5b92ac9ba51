package call

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryEventIsListed asks of each type that embeds a head that it is in one of
// the lists, which tests of the wire walk.
func TestEveryEventIsListed(t *testing.T) {
	listed := map[string]Scope{}
	for _, e := range Events {
		listed[reflect.TypeOf(e).Name()] = ConnectionScope
	}
	for _, e := range CallEvents {
		listed[reflect.TypeOf(e).Name()] = CallScope
	}
	kept := map[string]bool{"ConnectionOpened": true, "OperationAccepted": true, "Conversation": true} // never sent
	found := 0
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			scope, is := scopeOf(spec)
			if !is || kept[spec.Name.Name] {
				return true
			}
			found++
			if in, ok := listed[spec.Name.Name]; !ok || in != scope {
				t.Errorf("%s is in none of the lists, or in the wrong one", spec.Name.Name)
			}
			return true
		})
	}
	if found != len(Events)+len(CallEvents) {
		t.Errorf("found %d events, %d are listed", found, len(Events)+len(CallEvents))
	}
}

// scopeOf tells by its embedded head whether a struct is an event, and of what.
func scopeOf(spec *ast.TypeSpec) (Scope, bool) {
	body, ok := spec.Type.(*ast.StructType)
	if !ok {
		return 0, false
	}
	for _, field := range body.Fields.List {
		name, ok := field.Type.(*ast.Ident)
		if !ok || len(field.Names) > 0 {
			continue
		}
		switch name.Name {
		case "Head":
			return ConnectionScope, true
		case "Conversation":
			return CallScope, true
		}
	}
	return 0, false
}

// TestOperationsHaveNamesOfTheirOwn walks the table.
func TestOperationsHaveNamesOfTheirOwn(t *testing.T) {
	for _, kind := range Operations() {
		if found, ok := OperationNamed(kind.String()); !ok || found != kind {
			t.Errorf("%q names %v", kind, found)
		}
		spec := operations[kind]
		if spec.kept && len(spec.ends) == 0 {
			t.Errorf("%s is kept on disk, and nothing ends it", kind)
		}
		for _, e := range kind.Cut(Head{Connection: "x"}, Reason{Kind: ServerStopped, Text: "x"}) {
			if _, ok := e.(TonesFailed); ok { // goes before the end
				continue
			}
			if !hasType(spec.ends, e) {
				t.Errorf("%s is cut off by %T, which does not end it", kind, e)
			}
		}
	}
	if _, ok := OperationNamed("nonsense"); ok {
		t.Error("nonsense is an operation")
	}
}

func hasType(list []Event, e Event) bool {
	for _, other := range list {
		if reflect.TypeOf(other) == reflect.TypeOf(e) {
			return true
		}
	}
	return false
}

// TestStagesFollowTheirDiagram asks that no endpoint comes back from where it is gone.
func TestStagesFollowTheirDiagram(t *testing.T) {
	for from := arriving; from <= gone; from++ {
		for to := arriving; to <= gone; to++ {
			allowed := false
			for _, next := range nextStages[from] {
				allowed = allowed || next == to
			}
			if got := enters(from, to); got != allowed {
				t.Errorf("%s to %s: entered %t, want %t", from, to, got, allowed)
			}
			if allowed && (to == arriving || from == gone || from == leaving && to != gone) {
				t.Errorf("%s to %s leads back", from, to)
			}
		}
	}
}

func enters(from, to stage) (ok bool) {
	defer func() { ok = recover() == nil }()
	(&endpoint{stage: from}).enter(to)
	return true
}
