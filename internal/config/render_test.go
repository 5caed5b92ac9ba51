package config

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// reference renders a table of the keys, and one for each list of objects.
func reference(t *testing.T) string {
	r := renderer{comments: fieldComments(t), flags: flagsByKey()}
	r.table("", reflect.TypeFor[keys]())
	return r.out.String()
}

type renderer struct {
	comments map[string]string // by type and field
	flags    map[string]string
	out      strings.Builder
	lists    []objectList
}

// objectList is a list of objects, whose keys have a table of their own. Several
// lists may have the same objects.
type objectList struct {
	paths []string
	of    reflect.Type
}

// table renders the keys of a type. Objects in lists have no flags.
func (r *renderer) table(prefix string, of reflect.Type) {
	flags := "flag and variable | "
	if prefix != "" {
		flags = ""
	}
	fmt.Fprintf(&r.out, "\n| key | %stype | default | unit | meaning | since |\n%s\n", flags, strings.Repeat("|---", 6+strings.Count(flags, "|"))+"|")
	r.rows(prefix, "", of)
	for _, list := range r.lists {
		fmt.Fprintf(&r.out, "\n### Keys of `%s`\n", strings.Join(list.paths, "`, `"))
		nested := renderer{comments: r.comments, flags: r.flags}
		nested.table(list.paths[0]+".", list.of)
		r.out.WriteString(nested.out.String())
	}
}

func (r *renderer) rows(prefix, below string, of reflect.Type) {
	for i := range of.NumField() {
		field := of.Field(i)
		path, kind := below+field.Tag.Get("yaml"), field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch {
		case kind.Kind() == reflect.Struct:
			r.rows(prefix, path+".", kind)
			continue
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
			r.list(prefix+path+"[]", kind.Elem())
		}
		meaning := r.comments[of.Name()+"."+field.Name]
		cells := []string{"`" + path + "`"}
		if prefix == "" {
			cells = append(cells, r.flags[path])
		}
		cells = append(cells, typeOf(field, kind), defaultOf(field, kind), unitOf(field), meaning, since(field))
		fmt.Fprintf(&r.out, "| %s |\n", strings.Join(cells, " | "))
	}
}

// list adds a list of objects.
func (r *renderer) list(path string, of reflect.Type) {
	for i := range r.lists {
		if r.lists[i].of == of {
			r.lists[i].paths = append(r.lists[i].paths, path)
			return
		}
	}
	r.lists = append(r.lists, objectList{[]string{path}, of})
}

func typeOf(field reflect.StructField, kind reflect.Type) string {
	tag := field.Tag
	text := tag.Get("type")
	switch {
	case tag.Get("of") != "":
		words := "`" + strings.Join(strings.Fields(tag.Get("of")), "`, `") + "`"
		if kind.Kind() == reflect.Slice {
			return "list of " + words
		}
		return words
	case text != "":
	case kind.Kind() == reflect.Bool:
		return "`true`, `false`"
	case kind.Kind() == reflect.Slice:
		return "list of objects"
	default:
		text = "number"
	}
	if low := tag.Get("min"); low != "" {
		text += ", " + low + " to " + tag.Get("max")
	}
	return text
}

func defaultOf(field reflect.StructField, kind reflect.Type) string {
	value, absent := field.Tag.Get("default"), field.Tag.Get("absent")
	switch {
	case value != "" && kind.Kind() == reflect.Slice:
		return "`" + strings.Join(strings.Fields(value), "`, `") + "`"
	case value != "":
		return "`" + value + "`"
	case absent != "":
		return absent
	case kind.Kind() == reflect.Bool:
		return "`false`"
	}
	return "none"
}

func unitOf(field reflect.StructField) string {
	if field.Tag.Get("type") == "duration" {
		return "`ms`, `s`, `m`, `h`"
	}
	return field.Tag.Get("unit")
}

func since(field reflect.StructField) string {
	if release := field.Tag.Get("since"); release != "" {
		return release
	}
	return firstRelease
}

// flagsByKey are the flags and variables of keys that have them.
func flagsByKey() map[string]string {
	names := make(map[string]string)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Flags]()) {
		names[field.Tag.Get("name")] = "`--" + field.Tag.Get("name") + "`, `" + field.Tag.Get("env") + "`"
	}
	return names
}

// fieldComments reads the comments of this package's fields.
func fieldComments(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	comments := make(map[string]string)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			spec, is := node.(*ast.TypeSpec)
			if !is {
				return true
			}
			fields, is := spec.Type.(*ast.StructType)
			if !is {
				return true
			}
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					comments[spec.Name.Name+"."+name.Name] = strings.ReplaceAll(strings.Join(strings.Fields(field.Doc.Text()), " "), "|", `\|`)
				}
			}
			return true
		})
	}
	return comments
}
