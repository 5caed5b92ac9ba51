package main

import "fmt"

type numbersCommand struct {
	Numbers []string `name:"numbers" hidden:"" env:"SWITCHHOOK_NUMBERS"` // as serve takes them
}

// Help ends the command's help.
func (numbersCommand) Help() string {
	return `They come from the configuration file or SWITCHHOOK_NUMBERS; without those, two demo numbers.

Example:
  switchhook numbers --config switchhook.yaml`
}

func (c numbersCommand) Run(a *app) error {
	cfg, err := settings{Numbers: c.Numbers}.load(a)
	if err != nil {
		return err
	}
	for _, number := range cfg.Numbers {
		fmt.Fprintln(a.out, number)
	}
	return nil
}
