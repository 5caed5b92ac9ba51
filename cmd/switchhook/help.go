package main

import "slices"

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"The command, such as phones add. Without one: all commands."`
}

// Help ends the command's help.
func (helpCommand) Help() string {
	return `Example:
  switchhook help phones add`
}

// Run prints what --help prints, and ends with its exit code.
func (c helpCommand) Run(a *app) error {
	panic(exit(run(a, append(slices.Clone(c.Command), "--help"))))
}
