package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/config"
)

type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The command line up to the cursor, without the name of the program."`
}

// Help ends the command's help.
func (completeCommand) Help() string {
	return `Prints what may stand in place of the last word: a line each, with a tab and its meaning. The scripts of
switchhook completion run it.

Example:
  switchhook complete -- keys ro`
}

func (c completeCommand) Run(a *app) error {
	parser, err := kong.New(&root{}, kong.Name("switchhook"), kong.Vars(config.Defaults()), kong.Vars{"version": ""})
	if err != nil {
		return err
	}
	for _, one := range candidates(parser.Model.Node, c.Words) {
		if _, err := fmt.Fprintf(a.out, "%s\t%s\n", one.word, one.help); err != nil {
			return err
		}
	}
	return nil
}

// candidate is a word that may come next.
type candidate struct{ word, help string }

// candidates are the words that may stand in place of the last one; none where anything may, such as
// the name of a file.
func candidates(top *kong.Node, words []string) []candidate {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	at := walk(top, before)
	switch {
	case at.valued, strings.Contains(last, "="):
		return nil
	case strings.HasPrefix(last, "-"):
		return beginning(flags(at.node), last)
	}
	list := commands(at.node)
	if at.given < len(at.node.Positional) {
		list = append(list, values(at.node.Positional[at.given])...)
	}
	return beginning(list, last)
}

// place is where a command line has come to.
type place struct {
	node   *kong.Node
	valued bool // the value of a flag comes next
	given  int  // arguments of the command that are there
}

func walk(top *kong.Node, words []string) place {
	at := place{node: top}
	for _, word := range words {
		if word == "=" || word == "--" { // bash makes three words of --flag=value
			continue
		}
		if at.valued {
			at.valued = false
			continue
		}
		if strings.HasPrefix(word, "-") {
			flag := flagOf(at.node, word)
			at.valued = flag != nil && !flag.IsBool() && !flag.IsCounter()
			continue
		}
		next := slices.IndexFunc(at.node.Children, func(n *kong.Node) bool { return n.Name == word })
		if next < 0 || at.given > 0 {
			at.given++
			continue
		}
		at = place{node: at.node.Children[next]}
	}
	return at
}

// takers are the commands whose flags may stand at a node: its own and those above it, and the
// command that is run where none is named.
func takers(n *kong.Node) (list []*kong.Node) {
	if n.DefaultCmd != nil {
		list = append(list, n.DefaultCmd)
	}
	for ; n != nil; n = n.Parent {
		list = append(list, n)
	}
	return list
}

// flagOf finds a flag by its word, such as --data or -h; nil: there is none.
func flagOf(n *kong.Node, word string) *kong.Flag {
	for _, taker := range takers(n) {
		for _, flag := range taker.Flags {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
				return flag
			}
		}
	}
	return nil
}

func flags(n *kong.Node) (list []candidate) {
	for _, taker := range takers(n) {
		for _, flag := range taker.Flags {
			if !flag.Hidden {
				list = append(list, candidate{"--" + flag.Name, brief(flag.Help)})
			}
		}
	}
	return list
}

func commands(n *kong.Node) (list []candidate) {
	for _, child := range n.Children {
		if child.Type == kong.CommandNode && !child.Hidden {
			list = append(list, candidate{child.Name, brief(child.Help)})
		}
	}
	return list
}

// values are the words that an argument takes, if they are listed.
func values(of *kong.Value) (list []candidate) {
	if of.Enum == "" {
		return nil
	}
	for _, value := range of.EnumSlice() {
		list = append(list, candidate{value, ""})
	}
	return list
}

// brief is the first sentence of a help, which is a line.
func brief(help string) string {
	sentence, _, _ := strings.Cut(strings.Join(strings.Fields(help), " "), ". ")
	return strings.TrimSuffix(sentence, ".")
}

func beginning(list []candidate, with string) []candidate {
	return slices.DeleteFunc(list, func(c candidate) bool { return !strings.HasPrefix(c.word, with) })
}
