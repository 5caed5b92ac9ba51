package speech

import "testing"

// TestMarkupHasNoDeclaration: those that write SSML with a library for XML send one.
func TestMarkupHasNoDeclaration(t *testing.T) {
	const document = `<speak version="1.0">Hello &amp; goodbye</speak>`
	for _, before := range []string{
		"", "\ufeff", " \r\n", "<?xml version=\"1.0\"?>\n", `<?xml version="1.0" encoding="utf-16"?>`, "\ufeff<?xml version='1.0' encoding='ISO-8859-1' standalone='yes' ?>",
	} {
		if got, err := ReadMarkup(before + document); got != document || err != nil {
			t.Errorf("%q: %q, %v", before, got, err)
		}
	}
	for _, wrong := range []string{"<speak>", "<speak></voice>", "a & b", `<?xml version="1.0"`, "<speak>&nbsp;</speak>"} {
		if got, err := ReadMarkup(wrong); err == nil {
			t.Errorf("%q: %q", wrong, got)
		}
	}
}
