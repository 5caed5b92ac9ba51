package doctor

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/config"
)

// pythonWithin is how long an interpreter may take to say what it has.
const pythonWithin = 5 * time.Second

// Speech says whether pocketsphinx is there, for the interpreters that
// providers name, or for the usual one if none does, and where programs have no place for their files.
func Speech(ctx context.Context, cfg config.Config) (list []Finding) {
	var asked []string
	for _, p := range cfg.Speech.Providers {
		if python := p.Python; p.Kind == "pocketsphinx" {
			if python == "" {
				python = usualPython
			}
			if !slices.Contains(asked, python) {
				asked = append(asked, python)
			}
		}
	}
	if asked == nil {
		asked = []string{usualPython}
	}
	for _, python := range asked {
		what := "pocketsphinx, for choices understood without a service"
		if hasPocketsphinx(ctx, python) {
			list = append(list, Finding{State: OK, What: what + ": in " + python})
			continue
		}
		list = append(list, Finding{Note, what + ": not in " + python, Quote(python) + " -m pip install pocketsphinx"})
	}
	if err := writable(os.TempDir()); err != nil {
		list = append(list, Finding{Note, "temporary files: " + err.Error(), "flite speaks prompts of text by way of them: make /tmp, or the directory that TMPDIR names"})
	}
	return list
}

const usualPython = "python3"

// hasPocketsphinx asks an interpreter for the package, without loading it.
func hasPocketsphinx(ctx context.Context, python string) bool {
	ctx, cancel := context.WithTimeout(ctx, pythonWithin)
	defer cancel()
	const program = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pocketsphinx') is None)"
	return exec.CommandContext(ctx, python, "-c", program).Run() == nil
}
