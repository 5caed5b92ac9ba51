package config

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// maxConfigFile bounds a configuration file, in bytes.
const maxConfigFile = 1 << 20

// configFile is a configuration file as it is written, before any value is
// checked. The zero configFile is no file.
type configFile struct {
	name string
	keys keys
	tree *ast.File // to name lines
}

// openConfigFile reads a file strictly: an unknown key is an error that names
// its line. No name is no file.
func openConfigFile(name string) (*configFile, error) {
	if name == "" {
		return &configFile{}, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfigFile+1))
	if err != nil {
		return nil, fmt.Errorf("--config: %w", err)
	}
	if len(text) > maxConfigFile {
		return nil, fmt.Errorf("--config: %s is larger than %d bytes", name, maxConfigFile)
	}
	return parseConfig(name, text)
}

func parseConfig(name string, text []byte) (f *configFile, err error) {
	f = &configFile{name: name}
	// The YAML library panics on some malformed texts (testdata/fuzz has one).
	// A typing mistake should not end in a stack trace.
	defer func() {
		if recover() != nil {
			f, err = nil, fmt.Errorf("%s: not YAML that can be read", name)
		}
	}()
	tree, err := parseTexts(text)
	if err != nil {
		return nil, f.explain(err)
	}
	if len(tree.Docs) > 1 {
		return nil, fmt.Errorf("%s holds more than one document (---); one is read", name)
	}
	f.tree = tree
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return f, nil // an empty file
	}
	if err := yaml.NodeToValue(tree.Docs[0].Body, &f.keys, yaml.Strict()); err != nil {
		return nil, f.explain(err)
	}
	return f, nil
}

// explain names the line, and where a value has the wrong form, its key and what may stand there.
// The parser's own excerpt stays out: it may show a password.
func (f *configFile) explain(err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: not YAML", f.name)
	}
	position, message := at.GetToken().Position, at.GetMessage()
	var form *yaml.TypeError
	var node *yaml.UnexpectedNodeTypeError
	if f.tree != nil && (errors.As(err, &form) || errors.As(err, &node)) {
		declared(f.tree, func(w written) {
			if w.path != "" && !w.name && w.node.GetToken().Position.Offset == position.Offset {
				message = w.path + " must be " + w.wanted()
			}
		})
	}
	return fmt.Errorf("%s:%d: %s", f.name, position.Line, message)
}

// where names a key with its line, as "switchhook.yaml:3: tls.cert".
func (f *configFile) where(key string) string {
	path, err := yaml.PathString("$." + key)
	if err != nil {
		return f.name + ": " + key
	}
	node, err := path.FilterFile(f.tree)
	if err != nil || node.GetToken() == nil {
		return f.name + ": " + key
	}
	return fmt.Sprintf("%s:%d: %s", f.name, node.GetToken().Position.Line, key)
}
