package main

import (
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// table writes rows of cells, which tabs separate, in columns. What others have chosen,
// such as the name of a phone, cannot give orders to the terminal.
type table struct{ columns *tabwriter.Writer }

func (a *app) table() table {
	return table{tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)}
}

// Write implements io.Writer, for whole rows.
func (t table) Write(rows []byte) (int, error) {
	if _, err := io.WriteString(t.columns, printable(string(rows))); err != nil {
		return 0, err
	}
	return len(rows), nil
}

// Flush prints the table.
func (t table) Flush() error { return t.columns.Flush() }

// printable replaces the characters that a terminal obeys: controls, with those of C1
// (U+0080 to U+009F), and marks of the direction of writing (Unicode UAX #9). Tabs and
// ends of lines stay: they make the table.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}
