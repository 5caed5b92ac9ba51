package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// written is a value of a configuration file, with the declaration that it stands for.
type written struct {
	node ast.Node
	path string // such as trunks[0].ping
	tag  reflect.StructTag
	kind reflect.Type // what is declared there
	name bool         // it is a key, not a value
}

// declared visits the values of a file that stand for declared keys, and the names of keys.
func declared(tree *ast.File, visit func(written)) {
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			written{node: doc.Body, kind: reflect.TypeFor[keys]()}.each(visit)
		}
	}
}

// each visits a value, and those in it.
func (w written) each(visit func(written)) {
	for w.kind.Kind() == reflect.Pointer {
		w.kind = w.kind.Elem()
	}
	switch node := w.node.(type) { // what has a name for others, or a type
	case *ast.AnchorNode:
		w.node = node.Value
		w.each(visit)
		return
	case *ast.TagNode:
		w.node = node.Value
		w.each(visit)
		return
	}
	visit(w)
	switch node := w.node.(type) {
	case *ast.MappingNode:
		for _, pair := range node.Values {
			w.pair(pair, visit)
		}
	case *ast.MappingValueNode:
		w.pair(node, visit)
	case *ast.SequenceNode:
		if w.kind.Kind() != reflect.Slice {
			return
		}
		for i, entry := range node.Values {
			written{node: entry, path: fmt.Sprintf("%s[%d]", w.path, i), tag: w.tag, kind: w.kind.Elem()}.each(visit)
		}
	}
}

// pair visits a key with its value.
func (w written) pair(pair *ast.MappingValueNode, visit func(written)) {
	if kind := w.kind.Kind(); kind != reflect.Struct && kind != reflect.Map {
		return
	}
	if pair.Key.IsMergeKey() { // its value has keys of the same object
		written{node: pair.Value, path: w.path, tag: w.tag, kind: w.kind}.each(visit)
		return
	}
	visit(written{node: pair.Key, path: w.path, kind: reflect.TypeFor[string](), name: true})
	name := pair.Key.GetToken().Value
	below := written{node: pair.Value, path: strings.TrimPrefix(w.path+"."+name, "."), tag: w.tag}
	switch w.kind.Kind() {
	case reflect.Map:
		below.kind = w.kind.Elem()
	case reflect.Struct:
		for i := range w.kind.NumField() {
			if field := w.kind.Field(i); field.Tag.Get("yaml") == name {
				below.kind, below.tag = field.Type, field.Tag
			}
		}
	}
	if below.kind != nil {
		below.each(visit)
	}
}

// isText reports whether a text is declared, or a list of texts for which one may stand.
func (w written) isText() bool {
	kind := w.kind
	if kind.Kind() == reflect.Slice {
		kind = kind.Elem()
	}
	return kind.Kind() == reflect.String
}

// parseTexts parses a file in which texts stay as they are written: YAML reads 011, a prefix, as the
// number 9, and +33 as 33. An object with a key that is no text, such as 112 or true, would be read as empty.
func parseTexts(text []byte) (*ast.File, error) {
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	texts := map[int]bool{} // by where they begin
	declared(tree, func(w written) {
		text := false
		switch w.node.(type) {
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
			text = w.isText()
		case *ast.NullNode:
			text = w.name
		}
		if text {
			texts[w.node.GetToken().Position.Offset] = true
		}
	})
	if len(texts) == 0 {
		return tree, nil
	}
	tokens := lexer.Tokenize(string(text))
	for _, t := range tokens {
		if texts[t.Position.Offset] {
			t.Type = token.StringType
		}
	}
	return parser.Parse(tokens, 0)
}

// wanted says what may stand for a key.
func (w written) wanted() string {
	words := strings.Join(strings.Fields(w.tag.Get("of")), ", ")
	kind := w.tag.Get("type")
	switch w.kind.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		if low, high := w.tag.Get("min"), w.tag.Get("max"); low != "" {
			return fmt.Sprintf("a number from %s to %s", low, high)
		}
		return "a number"
	case reflect.Slice:
		switch {
		case w.kind.Elem().Kind() == reflect.Struct:
			return "a list of objects: each begins with - on a line of its own"
		case words != "":
			kind = "list of " + words
		case kind == "":
			kind = "list"
		}
		return "a " + kind + ", in brackets such as [A, B]"
	case reflect.Map:
		return "a " + kind + ", such as {A: B}"
	case reflect.Struct:
		return "keys of its own, on lines below it"
	}
	if words != "" {
		return "one of " + words
	}
	if kind == "" {
		kind = "text"
	}
	return "one value (" + kind + ")"
}
