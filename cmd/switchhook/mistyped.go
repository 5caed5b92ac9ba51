package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// mistyped is what a person reads of a command line that is none: what is wrong, and whose help says more.
func mistyped(err error, args []string) string {
	help := "switchhook"
	if parse := new(kong.ParseError); errors.As(err, &parse) && parse.Context != nil {
		named := commandOf(parse.Context)
		if named != nil && (named.Name != "serve" || slices.Contains(args, "serve")) {
			words, _, _ := strings.Cut(named.FullPath(), " <")
			help, _, _ = strings.Cut(words, " --")
		} else if word, is := strings.CutPrefix(err.Error(), "unexpected argument "); is {
			err = noCommand(word, parse.Context.Model.Children)
		}
	}
	return fmt.Sprintf("switchhook: %s\nSee %s --help.\n", plainly(err.Error()), help)
}

// plainly says what the parser says in the words of the rest of the program.
func plainly(text string) string {
	if missing, is := strings.CutPrefix(text, `expected "<`); is {
		argument, _, _ := strings.Cut(missing, ">")
		return "<" + argument + "> is missing"
	}
	if of, given, is := strings.Cut(text, "expected duration but got "); is {
		given, _, _ = strings.Cut(given, ": time:")
		return of + given + " is not a duration, such as 90s, 30m or 48h"
	}
	return text
}

// commandOf is the command that was read; nil if there is none.
func commandOf(ctx *kong.Context) (command *kong.Node) {
	for _, path := range ctx.Path {
		if path.Command != nil {
			command = path.Command
		}
	}
	return command
}

// noCommand says that a word is no command, and which one it looks like. Without a command
// the server is run, so that the parser takes the word for an argument of serve.
func noCommand(word string, commands []*kong.Node) error {
	const likely = 2 // letters
	best, nearest := likely+1, ""
	for _, command := range commands {
		if d := distance(word, command.Name); d < best && d < len(command.Name)/2+1 {
			best, nearest = d, command.Name
		}
	}
	if nearest == "" {
		return fmt.Errorf("there is no command %q", word)
	}
	return fmt.Errorf("there is no command %q; did you mean %q?", word, nearest)
}

// distance is how many letters have to be added, left out or changed to make one word of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := diagonal
			if a[i] != b[j] {
				changed++
			}
			diagonal, row[j+1] = row[j+1], min(changed, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
